import type { FormEvent, ReactNode } from 'react';
import { addressOf, go } from './address.ts';

export function WatchById(): ReactNode {
  const submitted = (submit: FormEvent<HTMLFormElement>): void => {
    submit.preventDefault();
    go(addressOf(String(new FormData(submit.currentTarget).get('jobId'))));
  };
  return (
    <section aria-labelledby="watch-title">
      <h2 id="watch-title">Watch by id</h2>
      <form id="watch" onSubmit={submitted}>
        <input
          name="jobId"
          aria-label="Job id"
          placeholder="job-1"
          required
          maxLength={256}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <button type="submit">Watch</button>
      </form>
    </section>
  );
}
