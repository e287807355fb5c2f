// The page: shows one job, live, and the jobs of a jobs API where the gateway knows one. Everything that came from elsewhere is
// written by textContent or setAttribute, never as markup.

import { drawChart } from './chart.js';
import { JobWatch } from './watch.js';

const mostRows = 1000;
const mostPoints = 4000;
const socketUrl = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/optimization`;
const $ = (selector) => document.querySelector(selector);

let jobsApiUrl = '';
let jobs = { list: [], at: 0, stale: false };
let watch = null;
let job = null;

// --- What the events say about a job -------------------------------------------------------------------------------------------

const noNews = () => ({
  state: '', iteration: 0, stage: '', score: null, best: null, points: [], config: {}, subtitle: '', result: null,
  count: 0, newRows: [], phase: '', errors: [], note: '', goOn: null,
});

const endStates = ['completed', 'failed', 'cancelled'];
const stateAfter = {
  job_started: 'running', iteration_completed: 'running', job_paused: 'paused', job_resumed: 'running', job_completed: 'completed',
  job_cancelled: 'cancelled',
};

function takeEvent(event) {
  const { eventType, iteration, stage, data } = event;
  job.state = eventType === 'job_failed' ? (data.willRetry ? 'retrying' : 'failed') : (stateAfter[eventType] ?? job.state);
  if (job.state === 'running') job.result = null; // A failure that was tried again.
  job.iteration = iteration;
  job.stage = stage;
  job.count++;
  job.newRows.push(event);
  if (job.newRows.length > 2 * mostRows) job.newRows.splice(0, mostRows); // A page in the background draws nothing for a long time.

  if (eventType === 'job_started') {
    job.config = data.config;
    job.subtitle = `${data.promptId} on ${data.datasetId}`;
  } else if (eventType === 'iteration_completed') {
    takeScore(iteration, data.score);
  } else if (eventType === 'job_completed') {
    job.best = data.finalScore;
    job.result = { title: 'Result', line: `${data.resultPromptId}, final score ${number(data.finalScore)}`, text: data.prompt };
  } else if (eventType === 'job_failed') {
    job.result = { title: data.willRetry ? 'Failed, will be tried again' : 'Failed', line: data.error, text: data.errorStack };
  }
}

function takeScore(iteration, score) {
  const { points } = job;
  while (points.at(-1)?.iteration >= iteration) points.pop(); // A retry goes over them again.
  job.score = score;
  job.best = score === null ? job.best : Math.max(score, job.best ?? score);
  points.push({ iteration, score, best: job.best });
  if (points.length > mostPoints) job.points = points.filter((_, i) => i % 2 === 1);
}

// --- Watching ------------------------------------------------------------------------------------------------------------------

function show(jobId) {
  watch?.close();
  job = noNews();
  $('#events').replaceChildren();
  watch = jobId ? new JobWatch(socketUrl, jobId, { events: takeEvents, subscribed: takeSubscribed, error: takeError, changed: takePhase }) : null;
  draw();
}

function takeEvents(events) {
  events.forEach(takeEvent);
}

function takeSubscribed({ earliestEventId }) {
  if (earliestEventId && job.count === 0) job.note = `Events before ${earliestEventId} are gone: the history here is not whole.`;
}

function takePhase({ phase }) {
  if (phase === 'live' && job.phase !== 'live') job.errors = [];
  job.phase = phase;
  draw();
}

function takeError(error) {
  job.errors = [`${error.code ?? 'error'}: ${error.error}`];
  if (error.earliestEventId) job.errors.push(`The log begins at event ${error.earliestEventId}.`);
  const lost = ['history_truncated', 'cursor_ahead', 'epoch_changed'].includes(error.code);
  const skips = error.code === 'bad_event' && error.eventId;
  job.goOn = {
    label: lost ? 'Start again from 0' : skips ? `Skip event ${error.eventId}` : 'Try again',
    act: () => (lost ? show(watch.jobId) : watch.resume(skips ? error.eventId : watch.lastEventId)),
  };
}

// --- Drawing: at most once a frame, whatever comes -----------------------------------------------------------------------------

let drawing = false;

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    $('#job').hidden = !watch;
    $('#empty').hidden = !!watch;
    drawConnection();
    drawJobs();
    if (watch) drawJob();
    document.title = watch ? `${watch.jobId}: ${stateText()}` : 'Optimization jobs';
  });
}

const connectionTexts = {
  connecting: 'connecting', 'catching-up': 'catching up', live: 'live', outage: 'waiting for the backend', ended: 'finished',
  stopped: 'stopped', offline: 'offline', reconnecting: 'reconnecting', none: 'not watching',
};

function drawConnection() {
  const phase = !watch ? 'none' : watch.phase === 'reconnecting' && !navigator.onLine ? 'offline' : watch.phase;
  const because = watch?.reason && watch.phase === 'reconnecting' ? ` because ${watch.reason}` : '';
  $('#connection').dataset.phase = phase;
  text('#connection-text', connectionTexts[phase] + because);
  text('#connection-countdown', watch?.phase === 'reconnecting' ? `in ${Math.max(0, Math.ceil((watch.retryAt - Date.now()) / 1000))} s` : '');
}

/** Only a job that is being heard is "running"; of all others we know what they were. */
const isStale = () => !['live', 'ended'].includes(watch.phase) && watch.newsAt > 0 && !endStates.includes(job.state);
const stateText = () => (isStale() && job.state ? `was ${job.state}` : job.state || (watch.phase === 'live' ? 'no events yet' : 'unknown'));

function drawJob() {
  $('#job').dataset.stale = isStale();
  $('#news').hidden = job.count === 0 && watch.phase === 'stopped';
  $('#job-state').dataset.state = isStale() ? 'stale' : job.state;
  text('#job-title', watch.jobId);
  text('#job-state', stateText());
  text('#freshness', isStale() ? `stale: last news ${ago(watch.newsAt)}` : '');
  text('#job-subtitle', job.subtitle);
  text('#iteration', job.config.maxIterations ? `${job.iteration} of ${job.config.maxIterations}` : String(job.iteration));
  text('#stage', job.stage || '–');
  text('#score', number(job.score));
  text('#best', number(job.best));
  drawNotices();
  drawActions();
  drawResult();
  drawEvents();
  drawChart($('#chart'), job.points, endStates.includes(job.state) ? undefined : job.config.maxIterations);
  $('#chart').setAttribute(
    'aria-label', job.points.length ? `Score ${number(job.score)}, best ${number(job.best)}, after ${job.iteration} iterations` : 'No scores yet',
  );
}

function drawNotices() {
  const why = job.errors.length === 0 && watch.phase === 'stopped' ? [watch.reason] : job.errors;
  const button = $('#job-error button');
  $('#job-error').hidden = why.length === 0;
  text('#job-error span', why.join(' '));
  button.hidden = watch.phase !== 'stopped';
  text('#job-error button', job.goOn?.label ?? 'Try again');
  $('#job-note').hidden = !job.note;
  text('#job-note', job.note);
}

function drawActions() {
  const allowed = { pause: ['running', 'retrying'], resume: ['paused'], cancel: ['', 'running', 'paused', 'retrying'] };
  $('#actions').hidden = !jobsApiUrl || endStates.includes(job.state) || $('#news').hidden;
  for (const button of $('#actions').children) button.disabled = !allowed[button.dataset.action].includes(job.state);
}

function drawResult() {
  $('#result').hidden = !job.result;
  $('#result').dataset.state = job.state;
  text('#result-title', job.result?.title ?? '');
  text('#result-line', job.result?.line ?? '');
  text('#result-text', job.result?.text ?? '');
  $('#result-text').hidden = !job.result?.text;
}

function drawEvents() {
  const list = $('#events');
  list.prepend(...job.newRows.splice(0).slice(-mostRows).reverse().map(row));
  while (list.children.length > mostRows) list.lastChild.remove();
  text('#events-note', job.count > mostRows ? `the newest ${mostRows} of ${job.count}` : `${job.count}, newest first`);
}

function row(event) {
  const item = make('li', '', { 'data-id': event.id });
  const time = make('time', new Date(event.timestamp).toLocaleTimeString(), { datetime: event.timestamp });
  const type = make('b', event.eventType, { 'data-type': event.eventType });
  const data = make('span', '', { class: 'data' });
  for (const [name, value] of Object.entries(event.data)) {
    const shown = typeof value === 'number' ? number(value) : typeof value === 'string' ? value : JSON.stringify(value);
    data.append(make('i', name), ` ${shown} `);
  }
  item.append(make('span', event.id, { class: 'id' }), time, type, make('span', `it. ${event.iteration}`, { class: 'iteration' }), data);
  return item;
}

// --- The jobs API --------------------------------------------------------------------------------------------------------------

async function callApi(path, body) {
  const init = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(jobsApiUrl + path, init).catch(() => {
    throw new Error(`The jobs API at ${jobsApiUrl} doesn't answer.`);
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? answer.title ?? `The jobs API answered ${response.status}.`);
  return answer;
}

async function refreshJobs() {
  try {
    jobs = { list: (await callApi('/jobs')).jobs, at: Date.now(), stale: false, error: '' };
  } catch (error) {
    jobs = { ...jobs, stale: true, error: error.message };
  }
  draw();
}

/** What a person asked for: its failure stays until the next thing they ask for. */
async function ask(path, body) {
  showApiError('');
  try {
    return await callApi(path, body);
  } catch (error) {
    showApiError(error.message);
  } finally {
    refreshJobs();
  }
}

function showApiError(message) {
  text('#api-error', message);
  $('#api-error').hidden = !message;
}

function drawJobs() {
  $('#jobs').dataset.stale = jobs.stale;
  text('#jobs-note', jobs.stale ? `stale: ${jobs.error}` : jobs.at && jobs.list.length === 0 ? 'none yet' : '');
  const links = jobs.list.map((listed) => [listed, `${listed.jobId} ${listed.state} ${listed.iteration} ${listed.bestScore} ${jobs.stale} ${watch?.jobId}`]);
  const drawn = links.map(([, key]) => key).join('\n');
  if ($('#jobs').dataset.drawn === drawn) return; // Leave it alone, or the keyboard's focus would be lost every few seconds.
  $('#jobs').dataset.drawn = drawn;
  const focused = document.activeElement?.dataset.job;
  $('#jobs').replaceChildren(...jobs.list.map(jobLink));
  if (focused) [...document.querySelectorAll('#jobs a')].find((link) => link.dataset.job === focused)?.focus();
}

function jobLink({ jobId, state, promptId, config, iteration, bestScore }) {
  const link = make('a', '', { href: `/?job=${encodeURIComponent(jobId)}`, 'data-job': jobId });
  if (jobId === watch?.jobId) link.setAttribute('aria-current', 'true');
  const shown = jobs.stale && !endStates.includes(state) ? ['stale', `was ${state}`] : [state, state];
  const progress = `${promptId} · ${iteration}/${config.maxIterations} · best ${number(bestScore)}`;
  link.append(make('b', jobId), make('span', shown[1], { class: 'state', 'data-state': shown[0] }), make('small', progress));
  const item = make('li', '', {});
  item.append(link);
  return item;
}

// --- Small things --------------------------------------------------------------------------------------------------------------

const number = (value) => (Number.isFinite(value) ? String(+value.toFixed(4)) : '–');

function ago(time) {
  const seconds = Math.round((Date.now() - time) / 1000);
  return seconds < 120 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
}

/** Writes only what has changed, so that a screen reader isn't told the same again. */
function text(selector, value) {
  const target = $(selector);
  if (target.textContent !== value) target.textContent = value;
}

function make(name, content, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = content;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// --- What people do ------------------------------------------------------------------------------------------------------------

const jobOfAddress = () => new URLSearchParams(location.search).get('job');

function go(jobId) {
  if (jobId !== jobOfAddress()) history.pushState(null, '', `/?job=${encodeURIComponent(jobId)}`);
  show(jobId);
}

$('#jobs').addEventListener('click', (click) => {
  const link = click.target.closest('a');
  if (!link || click.ctrlKey || click.metaKey || click.shiftKey) return;
  click.preventDefault();
  go(link.dataset.job);
});

$('#watch').addEventListener('submit', (submit) => {
  submit.preventDefault();
  go($('#watch-id').value);
});

$('#start').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  const { promptId, datasetId, ...numbers } = Object.fromEntries(new FormData(submit.target));
  const config = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== '').map(([name, value]) => [name, Number(value)]));
  const started = await ask('/jobs', { promptId, datasetId, config });
  if (started) go(started.jobId);
});

$('#actions').addEventListener('click', ({ target }) => {
  if (target.dataset.action) ask(`/jobs/${encodeURIComponent(watch.jobId)}/${target.dataset.action}`, {});
});

$('#job-error button').addEventListener('click', () => (job.goOn ? job.goOn.act() : watch.resume(watch.lastEventId)));
addEventListener('popstate', () => show(jobOfAddress()));
addEventListener('online', draw);
addEventListener('offline', draw);
addEventListener('resize', draw);
setInterval(draw, 1000); // "12 s ago" and "in 3 s".

({ jobsApiUrl } = await (await fetch('/console.json')).json());
$('#jobs-panel').hidden = !jobsApiUrl;
if (jobsApiUrl) {
  text('#empty-hint', 'Choose a job, start one, or enter the id of any job to see it live.');
  refreshJobs();
  setInterval(() => document.hidden || refreshJobs(), 3000);
}
show(jobOfAddress());
