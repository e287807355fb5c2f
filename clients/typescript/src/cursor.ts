/** Where we are in a job's log: PROTOCOL.md section 5, "Bookmarkable". */
export class Cursor {
  /** What the next `subscribe` asks for: after this id, or `undefined` for live only. */
  after: number | undefined = 0;
  /** Events up to here are behind us: the id of the last one, or where we began. */
  seen = 0;
  /** The log that the cursor belongs to, once it is known. */
  epoch: string | undefined;

  /** Asks anew; what is behind us stays there. */
  askFrom(start: number | 'latest'): void {
    this.after = start === 'latest' ? undefined : start;
    this.seen = Math.max(this.seen, this.after ?? 0);
  }

  /** Begins at an id of a log, or anew. */
  startAt(id = 0, epoch?: string): void {
    this.after = this.seen = id;
    this.epoch = epoch || undefined;
  }

  /** What follows: history if it was asked for, or news. `undefined`: the log isn't the one the cursor belongs to. */
  subscribed(epoch: string | undefined, lastEventId: number | undefined): 'replaying' | 'live' | undefined {
    if (epoch && this.epoch && epoch !== this.epoch) return undefined;
    this.epoch = epoch || this.epoch;
    if (this.after !== undefined) return 'replaying';
    // Where only news were asked for, what there is by now is behind us.
    if (lastEventId !== undefined) this.after = this.seen = Math.max(this.seen, lastEventId);
    return 'live';
  }

  /** Whether this is news; then it is the new position. */
  advance(id: number): boolean {
    if (id <= this.seen) return false;
    this.after = this.seen = id;
    return true;
  }
}
