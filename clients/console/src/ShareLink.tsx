import { type ReactNode, useEffect, useState } from 'react';

/** Copies the page's address, which is the job's. Browsers have a clipboard on https and on this machine only. */
export function ShareLink(): ReactNode {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  if (!navigator.clipboard) return null;
  const copy = (): void => {
    navigator.clipboard.writeText(location.href).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <button type="button" id="share" onClick={copy}>
      <span aria-live="polite">{isCopied ? 'Copied' : 'Copy link'}</span>
    </button>
  );
}
