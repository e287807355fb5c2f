import { createGatewayClient, type GatewayClient } from '../../../src/index.ts';

/** What the test finds in the page. */
export interface Hydration {
  readonly complaints: string[];
  hydrateSecond(): void;
  release?(): void;
}

const complaints: string[] = [];

export const complain = (text: string): void => void complaints.push(text);
// Vue's way to say that what it found isn't what it renders.
console.error = (...words: unknown[]): void => complain(words.join(' '));

export const offer = (page: Omit<Hydration, 'complaints'>): void => void Object.assign(globalThis, { hydration: { ...page, complaints } });

export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`There is no #${id}.`);
  return found;
}

/** A client that is connected, with a job that is watched and live, before anything is hydrated. */
export async function live(): Promise<GatewayClient> {
  const client = createGatewayClient({ url: '/ws', lazy: false, batch: false });
  const job = client.watch('job-1');
  await new Promise<void>((resolve) => job.on('status', (status) => status === 'live' && resolve()));
  return client;
}
