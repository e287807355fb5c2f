// Checks that the demo can listen where its settings say: `node scripts/ports.mjs [SETTINGS…]`. Settings are read as .NET reads them, from
// the command line and the environment. Where it can't, this names port, setting and a command with ports that are free.

import { createServer } from 'node:net';

const listeners = [
  {
    setting: 'Urls',
    environment: ['URLS', 'DOTNET_URLS', 'ASPNETCORE_URLS'],
    what: 'the page and WebSockets',
    url: 'http://127.0.0.1:8080',
  },
  { setting: 'Stub:GrpcUrl', environment: ['STUB__GRPCURL'], what: 'WatchJob of the optimizer', url: 'http://127.0.0.1:5001' },
  { setting: 'Stub:HttpUrl', environment: ['STUB__HTTPURL'], what: 'jobs as JSON', url: 'http://127.0.0.1:5002' },
  { setting: 'LogServer:HttpUrl', environment: ['LOGSERVER__HTTPURL'], what: 'events by HTTP', url: 'http://127.0.0.1:5010' },
  { setting: 'LogServer:GrpcUrl', environment: ['LOGSERVER__GRPCURL'], what: 'WatchJob of the log server', url: 'http://127.0.0.1:5011' },
];

// Other ways to say where Kestrel listens. Who uses them is told by the program itself.
const isLeftToKestrel = (name) => /^((aspnetcore|dotnet)_)?(kestrel(:|__)endpoints(:|__)|https?_ports$)/i.test(name);

const faults = {
  EADDRINUSE: 'is taken',
  EACCES: 'is not for this user',
  EADDRNOTAVAIL: 'is at no address of this machine',
};

/** --Name=value, --Name value, /Name=value and Name=value; the last of a name counts. */
function parse(args) {
  const settings = new Map();
  for (let i = 0; i < args.length; i++) {
    const [, name, rest] = /^(?:--|\/)?([^=]+)(?:=(.*))?$/s.exec(args[i]) ?? [];
    if (!name) continue;
    const from = i;
    settings.set(name.toLowerCase(), { value: rest ?? args[++i] ?? '', words: args.slice(from, i + 1) });
  }
  return settings;
}

function urlsOf({ setting, environment, url }, settings) {
  const variables = new Map(Object.entries(process.env).map(([name, value]) => [name.toUpperCase(), value]));
  return settings.get(setting.toLowerCase())?.value || environment.map((name) => variables.get(name)).find(Boolean) || url;
}

/** Where a server of this URL listens. A name that is no address means all of them to Kestrel. */
function addressOf(url) {
  const [, scheme, host, port] = /^(https?):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?/i.exec(url) ?? [];
  if (!scheme || Number(port) > 65_535) return undefined;
  const isAddress = /^(\[.*\]|\d+\.\d+\.\d+\.\d+)$/.test(host) && host !== '0.0.0.0';
  const hosts = host.toLowerCase() === 'localhost' ? ['127.0.0.1', '::1'] : [isAddress ? host.replace(/[[\]]/g, '') : '::'];
  return { scheme, host, hosts, port: Number(port ?? (scheme.toLowerCase() === 'https' ? 443 : 80)) };
}

/** Keeps the port: two settings can't have the same. */
function tryToListen(host, port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }) => resolve(code));
    server.listen({ host, port, exclusive: true }, () => resolve(''));
  });
}

/** The first fault of an address. IPv6 may be off; that is one only where nothing else is asked for. */
async function faultAt({ hosts, port }) {
  for (const host of hosts) {
    const code = await tryToListen(host, port);
    const isOff = host === '::1' && hosts.length > 1 && code !== 'EADDRINUSE';
    if (code in faults && !isOff) return code;
  }
  return '';
}

async function freeUrl({ scheme, host, hosts, port: near }) {
  for (let port = near < 1024 ? 8080 : near + 1; port < 65_536; port++) {
    if (!(await faultAt({ hosts, port }))) return `${scheme}://${host}:${port}`;
  }
  return `${scheme}://${host}:<port>`;
}

/** Every address of every setting, in turn, with what is wrong with it. */
async function check(settings) {
  const found = [];
  for (const listener of listeners) {
    for (const text of urlsOf(listener, settings).split(';').filter(Boolean)) {
      const address = addressOf(text);
      found.push({ ...listener, text, address, fault: address ? await faultAt(address) : 'unreadable' });
    }
  }
  return found;
}

function sentenceOf({ setting, what, text, address, fault }) {
  return address
    ? `Port ${address.port} ${faults[fault]} (setting ${setting}, ${text}: ${what}).`
    : `${setting} can't be '${text}': an address is http://127.0.0.1:8080, say.`;
}

/** The settings that have a fault, each as it could be instead. */
async function remedy(found) {
  const changed = new Map(found.filter(({ fault }) => fault).map(({ setting }) => [setting, []]));
  for (const { setting, text, address, fault, url } of found) {
    const like = !address || fault === 'EADDRNOTAVAIL' ? { ...addressOf(url), port: address?.port ?? addressOf(url).port - 1 } : address;
    changed.get(setting)?.push(fault ? await freeUrl(like) : text);
  }
  return [...changed].map(([setting, urls]) => `--${setting}=${urls.join(';')}`);
}

/** The same command with other ports; what else was given stays. */
async function commandOf(settings, found) {
  const changed = await remedy(found);
  const names = changed.map((word) => word.slice(2).split('=')[0].toLowerCase());
  const kept = [...settings].filter(([name]) => !names.includes(name)).flatMap(([, { words }]) => words);
  const quoted = [...kept, ...changed].map((word) => (/[^\w\-:/.=,[\]*+]/.test(word) ? `'${word}'` : word));
  return `make run ARGS="${quoted.join(' ')}"`;
}

const args = process.argv.slice(2);
const settings = parse(args);
const isAsked = args.some((arg) => ['--help', '-h', '--version'].includes(arg));
if (!isAsked && ![...settings.keys(), ...Object.keys(process.env)].some(isLeftToKestrel)) {
  const found = await check(settings);
  const bad = found.filter(({ fault }) => fault);
  for (const one of bad) console.error(`make run: ${sentenceOf(one)}`);
  if (bad.length > 0) {
    const hint = bad.some(({ fault }) => fault === 'EADDRINUSE')
      ? 'Stop what listens there (another demo?), or choose others'
      : 'For instance';
    console.error(`${hint}:\n\n    ${await commandOf(settings, found)}\n`);
    console.error(
      'Two demos at a time also need two folders for their jobs: --Stub:DataDirectory=<folder> --LogServer:Sqlite:Path=<folder>.',
    );
    process.exitCode = 1;
  }
}
// The ports that were tried are open until now.
process.exit();
