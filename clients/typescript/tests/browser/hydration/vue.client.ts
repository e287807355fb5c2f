import { element, live, offer } from './live.ts';
import { first, second } from './vue.ts';

const client = await live();
let release = (): void => {};
const until = new Promise<void>((resolve) => {
  release = resolve;
});
first(client, until).mount(element('first-root'));
offer({ hydrateSecond: () => second(client).mount(element('second-root')), release: () => release() });
