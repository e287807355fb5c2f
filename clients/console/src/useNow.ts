import { useEffect, useState } from 'react';

/** The time, every second: for a component that shows an age, so that nothing else is rendered for it. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
