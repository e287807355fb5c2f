// Where a relative address leads, beside where the browser's own WebSocket goes with it: on a page, in a frame, in a worker.

import { createGatewayClient } from '@optimization-gateway/client';

const relative = 'ws/optimization';
let dialled = '';

class Dialled {
  constructor(url: string) {
    dialled = url;
  }
  close(): void {}
}

function ours(): string {
  try {
    createGatewayClient({ url: relative, WebSocket: Dialled as never, lazy: false, networkEvents: false, storage: false }).close();
    return dialled;
  } catch (error) {
    return (error as { code?: string }).code ?? 'another error';
  }
}

function native(): string {
  try {
    return new WebSocket(relative).url;
  } catch {
    return 'invalid_argument';
  }
}

const addresses = { ours: ours(), native: native() };
// A frame tells its page, a worker whoever made it.
if (globalThis.document) parent.postMessage(addresses, '*');
else postMessage(addresses);
