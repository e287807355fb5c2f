import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { better, type Choice, choose, fallBack, type Sign } from '../src/fallback.ts';
import { Fallback } from '../src/fallbackWire.ts';
import type { Transport, TransportListener, Wire } from '../src/transport.ts';

const after = (signs: readonly Sign[], from: Choice = better): Choice => signs.reduce((choice, sign) => choose(choice, sign, 0), from);

describe('The choice', () => {
  it.each<[Sign[], boolean]>([
    [['unopened', 'unopened'], false],
    [['unopened', 'unopened', 'unopened'], true],
    [['unopened', 'unopened', 'worked', 'unopened', 'unopened'], false],
    [['cut'], true],
    [['worked', 'cut'], true],
    [['worked'], false],
  ])('after %j is the other way: %j', (signs, isFallback) => {
    expect(after(signs).isFallback).toBe(isFallback);
  });

  it('goes back where the other way gets nowhere either: the gateway is away', () => {
    const other = fallBack(better, 0);
    expect(after(['unopened', 'cut'], other).isFallback).toBe(true);
    // Nothing is held against the better way then: it is tried as soon as in the beginning.
    expect(after(['unopened', 'cut', 'unopened'], choose(other, 'blocked', 0))).toEqual(better);
    expect(after(['unopened', 'worked', 'unopened', 'unopened'], other).isFallback).toBe(true);
  });

  it('tries the better way again, less and less often up to ten minutes', () => {
    let choice = fallBack(better, 0);
    const delays = [choice.retryAt];
    for (let i = 0; i < 7; i++) {
      choice = choose(choice, 'blocked', 0);
      delays.push(choice.retryAt);
    }
    expect(delays).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]);
    expect(choose(choice, 'through', 0)).toEqual(better);
  });
});

/** A way whose connections the test opens, answers and ends. */
class Way implements Transport {
  readonly wires: { readonly listener: TransportListener; readonly sent: string[]; isClosed: boolean }[] = [];
  isMissing = false;

  open(_: unknown, __: unknown, listener: TransportListener): { send(message: string): void; close(): void } {
    if (this.isMissing) throw new Error('missing');
    const wire = { listener, sent: [] as string[], isClosed: false };
    this.wires.push(wire);
    const close = (): void => {
      wire.isClosed = true;
    };
    return { send: (message) => wire.sent.push(message), close };
  }

  get listener(): TransportListener {
    const wire = this.wires.at(-1);
    if (!wire || wire.isClosed) throw new Error('not open');
    return wire.listener;
  }
}

describe('A fallback', () => {
  let socket: Way;
  let plain: Way;
  let fallback: Fallback;
  let kept: Map<string, string>;
  let lost: (string | number | null | undefined)[];
  /** As a client does: it closes what is lost. */
  function tellLost(...why: (string | number | null | undefined)[]): void {
    lost.push(...why);
    wire?.close();
  }
  const listener: TransportListener = { opened() {}, received() {}, lost: tellLost };
  let wire: Wire | undefined;
  const dial = (): Wire => {
    wire = fallback.open(null, listener);
    return wire;
  };
  const make = (): Fallback => new Fallback({ url: 'ws://gateway.test/ws/optimization', transports: [socket, plain] }, socket, plain);

  beforeEach(() => {
    vi.useFakeTimers();
    kept = new Map();
    const sessionStorage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    };
    vi.stubGlobal('window', { sessionStorage });
    lost = [];
    socket = new Way();
    plain = new Way();
    fallback = make();
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('falls back after three sockets that never opened, and remembers it once the other way worked', () => {
    for (let i = 0; i < 3; i++) {
      expect(plain.wires).toHaveLength(0);
      dial();
      socket.listener.lost('', 1006);
    }
    dial();
    expect(plain.wires).toHaveLength(1);
    expect([...kept.values()]).toEqual([]);
    plain.listener.opened();
    plain.listener.received('{"type":"pong"}');
    expect([...kept.values()]).toEqual(['1']);
    fallback = make();
    dial();
    expect(socket.wires).toHaveLength(3);
    expect(plain.wires).toHaveLength(2);
  });

  it('gives a socket five seconds to open, and as long for its first message', () => {
    dial();
    vi.advanceTimersByTime(5_000);
    expect(lost).toEqual(['no answer in time', undefined]);
    expect(socket.wires[0]?.isClosed).toBe(true);
    dial();
    vi.advanceTimersByTime(4_000);
    socket.listener.opened();
    expect(socket.wires[1]?.sent).toEqual(['{"type":"ping"}']);
    vi.advanceTimersByTime(4_999);
    expect(lost).toHaveLength(2);
    vi.advanceTimersByTime(1);
    dial();
    expect(plain.wires).toHaveLength(1);
  });

  it('falls back after a socket that was cut before its first message, not after one', () => {
    dial();
    socket.listener.opened();
    socket.listener.received('{"type":"pong"}');
    socket.listener.lost('', 1006);
    dial();
    expect(plain.wires).toHaveLength(0);
    socket.listener.opened();
    socket.listener.lost('', 1002);
    // What a proxy makes of it is nothing that the gateway has said.
    expect(lost).toEqual(['', 1006, '', null]);
    dial();
    expect(plain.wires).toHaveLength(1);
  });

  it.each([4401, 4501, 1012, 1013])('stays where the gateway itself closes, with %i', (code) => {
    for (let i = 0; i < 4; i++) {
      dial();
      socket.listener.opened();
      socket.listener.lost('said', code);
    }
    expect(plain.wires).toHaveLength(0);
    expect(lost.slice(0, 2)).toEqual(['said', code]);
  });

  it('counts nothing that the client closed', () => {
    for (let i = 0; i < 4; i++) dial().close();
    expect(plain.wires).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes the other way at once where there can be no socket', () => {
    socket.isMissing = true;
    dial();
    expect(plain.wires).toHaveLength(1);
  });

  it('tries a socket beside the other way, and comes back when it gets through', () => {
    socket.isMissing = true;
    dial();
    socket.isMissing = false;
    plain.listener.opened();
    plain.listener.received('{"type":"pong"}');
    vi.advanceTimersByTime(10_000);
    socket.listener.lost('', 1006);
    expect(lost).toEqual([]);
    vi.advanceTimersByTime(20_000);
    socket.listener.opened();
    socket.listener.received('{"type":"pong"}');
    expect(lost).toEqual(['a socket gets through']);
    expect(plain.wires[0]?.isClosed).toBe(true);
    expect(socket.wires.at(-1)?.isClosed).toBe(true);
    expect([...kept.values()]).toEqual(['']);
    dial();
    expect(plain.wires).toHaveLength(1);
    expect(socket.wires).toHaveLength(3);
  });

  it('stops trying when the client closes', () => {
    socket.isMissing = true;
    const wire = dial();
    socket.isMissing = false;
    plain.listener.opened();
    plain.listener.received('{"type":"pong"}');
    vi.advanceTimersByTime(10_000);
    wire.close();
    expect(socket.wires[0]?.isClosed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('works where the tab may keep nothing', () => {
    vi.stubGlobal('window', {
      get sessionStorage() {
        throw new Error('forbidden');
      },
    });
    fallback = make();
    dial();
    socket.listener.opened();
    socket.listener.received('{"type":"pong"}');
    expect(lost).toEqual([]);
  });
});
