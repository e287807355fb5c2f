import { GatewayError } from './errors.ts';
import type { JobEvent } from './events.ts';
import type { Job } from './job.ts';
import type { Subscription } from './subscription.ts';

/** A loop over events at its own pace. It keeps no queue: it reads on in the snapshot, whose `maxEvents` bounds how far it may fall behind. */
export async function* eventsOf(subscription: Subscription, { view, host }: Job): AsyncGenerator<JobEvent, void, undefined> {
  const { life } = subscription;
  let { droppedId: last, restarts } = view;
  let wake = (): void => {};
  // It ends with the subscription, and only the job's end is a good end.
  subscription.subscribe(() => wake());
  try {
    while (true) {
      life.throwIfAborted();
      if (restarts !== view.restarts) {
        restarts = view.restarts;
        last = 0;
      }
      const snapshot = subscription.getSnapshot();
      const { events, status, error, jobId } = snapshot;
      if (view.droppedId > last) throw new GatewayError('fell_behind', 'more than maxEvents behind', { jobId });
      for (const event of events) {
        if (event.id <= last) continue;
        last = event.id;
        yield event;
        life.throwIfAborted();
      }
      // The snapshot may have changed while the loop's body ran.
      if (subscription.getSnapshot() !== snapshot) continue;
      if (status === 'error') throw error;
      if (status === 'idle') throw host.aborted();
      if (status === 'ended') return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    subscription.unsubscribe();
  }
}
