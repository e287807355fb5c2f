import type { JobEvent } from '@optimization-gateway/client';
import { useState } from 'react';
import { type Story, tell, untold } from './story.ts';

/** The story so far. It is state, and not made anew of `events`, since the oldest of those are dropped. */
export function useStory(events: readonly JobEvent[], minimizes: boolean): Story {
  const [story, setStory] = useState(untold);
  const told = tell(story, events, minimizes);
  if (told !== story) setStory(told);
  return told;
}
