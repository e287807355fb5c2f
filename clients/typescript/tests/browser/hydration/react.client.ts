import { createElement } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { complain, element, live, offer } from './live.ts';
import { First, Second } from './react.ts';

const client = await live();
const onRecoverableError = (error: unknown): void => complain(String(error));
hydrateRoot(element('first-root'), createElement(First, { client }), { onRecoverableError });
offer({ hydrateSecond: () => hydrateRoot(element('second-root'), createElement(Second, { client }), { onRecoverableError }) });
