// The offsets of PROTOCOL.md section 11: an event id in 16 digits, an underscore, and the epoch in base64url.

/** Where to read on, for a cursor that a socket or an earlier page has left. */
export function offsetAfter(afterEventId: number | undefined, epoch = ''): string {
  if (afterEventId === undefined) return 'now';
  if (!afterEventId && !epoch) return '-1';
  const bytes = String.fromCharCode(...new TextEncoder().encode(epoch));
  const encoded = btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${String(afterEventId).padStart(16, '0')}_${encoded}`;
}

/** Reads an offset of the gateway's; throws for anything else. */
export function readOffset(offset: string): { readonly id: number; readonly epoch: string } {
  const [, id, encoded = ''] = /^(\d{16})_([\w-]*)$/.exec(offset) ?? [];
  if (!id) throw new Error('no offset');
  const bytes = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
  return { id: Number(id), epoch: new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))) };
}
