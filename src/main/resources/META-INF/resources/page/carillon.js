// What htmx does not do: changes through the API, relative times, the palette. No build step, no eval.
'use strict';

const root = document.body.dataset.root;
const byId = id => document.getElementById(id);

/* Calls the API as the person who is signed in. The header says that the call comes from a page of ours. */
async function api(call, body, version) {
  const [method, path] = call.split(' ');
  const headers = { 'X-Carillon-Page': 'true', 'Accept': 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (version) headers['If-Match'] = `"${version}"`;
  const answer = await fetch(root + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  const json = text && (answer.headers.get('Content-Type') || '').includes('json') ? JSON.parse(text) : null;
  if (!answer.ok) {
    const violations = json?.violations || [];
    const problem = new Error(violations.map(v => `${v.field}: ${v.message}`).join('\n') || json?.detail || json?.title || `The answer was ${answer.status}.`);
    problem.violations = violations;
    throw problem;
  }
  return { json, location: answer.headers.get('Location') };
}

function toast(text, isWrong, undo) {
  const toast = document.createElement('div');
  toast.className = isWrong ? 'toast wrong' : 'toast';
  toast.textContent = text;
  if (undo?.length) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'undo';
    button.textContent = 'Undo';
    button.addEventListener('click', () => { button.disabled = true; takeBack(undo).finally(() => toast.remove()); });
    toast.append(button);
  }
  byId('toasts').append(toast);
  const leave = () => toast.matches(':hover, :focus-within') ? setTimeout(leave, 2000) : toast.remove();
  setTimeout(leave, undo?.length ? 20000 : isWrong ? 12000 : 4000);
}

/* Calls what undoes a change: pairs of a call and its body. */
async function takeBack(calls) {
  let failed = 0;
  for (const [call, body] of calls) {
    try { await api(call, body ? JSON.parse(body) : undefined); } catch (problem) { failed++; toast(problem.message, true); }
  }
  if (failed < calls.length) toast(failed ? `${calls.length - failed} of ${calls.length} undone` : 'Undone');
  refresh();
}
/* What an answer says, in place of the names in braces. */
const filled = (text, json) => text?.replace(/\{(\w+)\}/g, (all, name) => json?.[name] ?? all);

/* Asks in a dialog; resolves to whether the person agreed. */
function agreed(title, text, verb) {
  const dialog = byId('confirm');
  dialog.querySelector('h2').textContent = title;
  dialog.querySelector('p').textContent = text || '';
  dialog.querySelector('[value=yes]').textContent = verb || 'Go on';
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise(done => dialog.addEventListener('close', () => done(dialog.returnValue === 'yes'), { once: true }));
}

/* How many calls the page makes one after another to take something back. */
const MOST_UNDONE = 200;

/* A button that calls the API: data-api, and perhaps data-body (its own, or of what it is in), data-version, data-confirm, data-done, data-then.
   With data-counts a dry run says how many it is for. data-undo is what takes it back, with data-undo-body, or with its body and the field
   data-undo-with of the answer; data-undo-each does so for each job of the answer. */
async function press(button) {
  const { api: call, version, confirm, consequence, verb, done, then, counts, undo, undoBody, undoWith, undoEach } = button.dataset;
  const { body } = button.closest('[data-body]')?.dataset ?? {};
  button.disabled = true;
  try {
    const tried = counts && (await api(call + '?dryRun=true', JSON.parse(body))).json;
    if (confirm && !await agreed(filled(confirm, tried && { [counts]: tried[counts].toLocaleString('en') + (tried.more ? ' or more' : '') }), consequence, verb || button.textContent)) return;
    const { json } = await api(call, body ? JSON.parse(body) : undefined, version);
    const undoing = undoWith ? JSON.stringify({ ...JSON.parse(body), [undoWith]: json[undoWith] }) : undoBody;
    const back = undoEach ? json.jobs.filter(job => !job.problem).map(job => [filled(undoEach, job), undoBody]) : undo ? [[filled(undo, json), undoing]] : [];
    const isTooMuch = back.length > MOST_UNDONE;
    if (then) go(then.replace('{id}', json?.id), done, back); else { toast((done || 'Done') + (isTooMuch ? `: ${back.length}, too many to undo from here` : ''), false, isTooMuch ? [] : back); refresh(); }
  } catch (problem) {
    toast(problem.message, true);
  } finally {
    button.disabled = false;
  }
}

/* Goes to another page, which says what was done, and how to take it back. */
function go(path, done, back) {
  if (done) sessionStorage.setItem('done', JSON.stringify([done, back]));
  location.assign(root + path);
}

/* Reads a form as JSON: a field's name is its path; data-kind says how its text is read. */
function read(form) {
  const body = {};
  for (const field of form.querySelectorAll('[name]')) {
    if (field.closest('[data-ignore], [data-path], [data-query]') || field.disabled) continue;
    const kind = field.dataset.kind;
    let value = field.type === 'checkbox' ? field.checked : field.value.trim();
    if (value === '') continue;
    if (field.type === 'checkbox' && !value && kind === 'flag') continue;
    if (kind === 'number') value = Number(value);
    if (kind === 'json' || kind === 'schedule' && /^[{[]/.test(value)) {
      try { value = JSON.parse(value); } catch (wrong) { throw Object.assign(new Error(`${field.name}: ${wrong.message}`), { violations: [{ field: field.name, message: wrong.message }] }); }
    }
    if (kind === 'utc') value = value + (value.length === 16 ? ':00Z' : 'Z');
    const path = field.name.split('.');
    let at = body;
    for (const name of path.slice(0, -1)) at = at[name] ??= {};
    at[path.at(-1)] = value;
  }
  return body;
}

function showViolations(form, violations) {
  form.querySelectorAll('.wrong').forEach(each => { each.textContent = ''; });
  const unplaced = [];
  for (const { field, message } of violations) {
    const names = field.split('.').map((_, index, all) => all.slice(0, all.length - index).join('.'));
    const name = names.find(each => form.querySelector(`[data-wrong="${CSS.escape(each)}"]`));
    if (name) {
      const place = form.querySelector(`[data-wrong="${CSS.escape(name)}"]`);
      place.textContent = name === field ? message : `${field}: ${message}`;
      place.closest('details')?.setAttribute('open', '');
    } else unplaced.push(`${field}: ${message}`);
  }
  return unplaced;
}

/* An answer in lines: its figures, then what it lists, with notes and problems. */
function told(json) {
  const figures = Object.entries(json).filter(([name, value]) => typeof value !== 'object' && name !== 'dryRun').map(([name, value]) => `${name}: ${value}`);
  const items = (json.items || []).flatMap(item => [
    `${item.place}: ${item.name || ''}${item.nextFireAt ? ', next ' + new Date(item.nextFireAt).toLocaleString() : ''}`,
    ...(item.notes || []).map(note => `    ${note}`),
    ...(item.problem?.violations?.map(v => `    ${v.field}: ${v.message}`) || (item.problem ? [`    ${item.problem.detail}`] : []))]);
  return [...figures, ...items].join('\n');
}

/* A form that calls the API. With data-dry-run its first answer says what would happen, in its output. */
async function send(form) {
  const output = form.querySelector('output');
  const isDry = form.dataset.dryRun !== undefined && form.dataset.tried === undefined;
  try {
    const body = form.dataset.text ? JSON.parse(byId(form.dataset.text).value) : read(form);
    const named = form.querySelector('[data-path]')?.value.trim();
    const query = new URLSearchParams(isDry ? { dryRun: true } : {});
    for (const field of form.querySelectorAll('[data-query]')) if (field.value.trim()) query.set(field.name, field.value.trim());
    const call = form.dataset.api.replace('{name}', encodeURIComponent(named)) + (query.size ? '?' + query : '');
    const { json } = await api(call, body, form.dataset.version);
    showViolations(form, []);
    if (isDry) {
      output.textContent = told(json);
      form.dataset.tried = '';
      form.querySelector('.primary').textContent = form.dataset.verb;
      return;
    }
    if (form.dataset.then) { go(form.dataset.then.replace('{id}', json?.id), form.dataset.done); return; }
    if (form.dataset.shows) { output.textContent = `Copy it now, it is not shown again:\n${json[form.dataset.shows]}`; refresh(); return; }
    form.closest('dialog')?.close();
    toast(form.dataset.done || 'Done', false, form.dataset.undo ? [[form.dataset.undo, form.dataset.undoBody]] : []);
    form.reset();
    refresh();
  } catch (problem) {
    const unplaced = showViolations(form, problem.violations || []);
    if (!problem.violations?.length || unplaced.length) toast(unplaced.join('\n') || problem.message, true);
  }
}

document.addEventListener('submit', event => {
  if (event.target.dataset.api) { event.preventDefault(); send(event.target); }
});
document.addEventListener('input', event => {
  const form = event.target.closest('form[data-tried]');
  if (form) { delete form.dataset.tried; form.querySelector('output').textContent = ''; form.querySelector('.primary').textContent = 'Try'; }
});

/* Many at once: the rows that are checked. */
const checked = () => [...document.querySelectorAll('[data-pick]:checked')];
async function pressForAll(button) {
  const rows = checked();
  const names = rows.slice(0, 8).map(row => row.dataset.pick).join(', ') + (rows.length > 8 ? ` and ${rows.length - 8} more` : '');
  const { apiEach, undoEach, undoOf, undoBody, consequence } = button.dataset;
  if (!await agreed(`${button.textContent.trim()} ${rows.length === 1 ? '1 job' : rows.length + ' jobs'}?`, consequence ? `${names}. ${consequence}` : names, button.textContent.trim())) return;
  let failed = 0;
  const back = [];
  for (const row of rows) {
    try {
      await api(apiEach.replace('{id}', row.value));
      if (undoEach && (!undoOf || undoOf === row.dataset.enabled)) back.push([undoEach.replace('{id}', row.value), undoBody ?? (undoOf && row.dataset.undoBody)]);
    } catch (problem) { failed++; toast(`${row.dataset.pick}: ${problem.message}`, true); }
  }
  toast(`${rows.length - failed} of ${rows.length} done`, false, back);
  rows.forEach(row => { row.checked = false; });
  showPicked();
  refresh();
}
function showPicked() {
  const bar = byId('picked');
  if (!bar) return;
  const count = checked().length;
  bar.hidden = count === 0;
  bar.querySelector('[data-count]').textContent = `${count} selected`;
}

document.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.api) press(button);
  else if (button.dataset.apiEach) pressForAll(button);
  else if (button.dataset.palette !== undefined) openPalette();
  else if (button.dataset.opens) byId(button.dataset.opens).showModal();
  else if (button.dataset.closes !== undefined) button.closest('dialog').close();
  else if (button.dataset.copies) navigator.clipboard.writeText(byId(button.dataset.copies).textContent).then(() => toast('Copied'));
});
document.addEventListener('change', event => {
  if (event.target.id === 'pick-all') document.querySelectorAll('[data-pick]').forEach(each => { each.checked = event.target.checked; });
  if (event.target.matches('[data-pick], #pick-all')) showPicked();
  if (event.target.matches('[data-submits]')) event.target.form.requestSubmit();
  if (event.target.dataset.goes) location.assign(event.target.dataset.goes + encodeURIComponent(event.target.value));
});

/* The palette and the keys. */
function openPalette() {
  const palette = byId('palette');
  if (!palette.open) palette.showModal();
  palette.querySelector('input').select();
}
document.addEventListener('keydown', event => {
  const isTyping = event.target.matches('input, textarea, select');
  if (event.key === 'k' && (event.ctrlKey || event.metaKey) || event.key === '/' && !isTyping) { event.preventDefault(); openPalette(); return; }
  const palette = byId('palette');
  if (palette.open && (event.key === 'ArrowDown' || event.key === 'ArrowUp' || event.key === 'Enter')) {
    const links = [...palette.querySelectorAll('a')];
    const at = links.indexOf(document.activeElement);
    if (event.key === 'Enter') { if (at < 0 && links[0]) { event.preventDefault(); links[0].click(); } return; }
    event.preventDefault();
    const next = at + (event.key === 'ArrowDown' ? 1 : -1);
    (links[next] || palette.querySelector('input')).focus();
  }
  if (!isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const goes = { o: '/', j: '/jobs', e: '/executions', d: '/dead-letters', q: '/queues', w: '/workers', n: '/jobs/new' }[event.key];
    if (goes && keyBefore === 'g') location.assign(root + goes);
    keyBefore = event.key;
  }
});
let keyBefore = '';

/* Times: relative ones go on counting, tooltips are in the viewer's zone. */
function roughly(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}
const here = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const ahead = new Date(document.querySelector('footer time').dateTime) - Date.now();
function tell(scope) {
  scope.querySelectorAll('time').forEach(time => {
    const at = new Date(time.dateTime);
    time.dataset.utc ??= time.title;
    time.title = `${here.format(at)} here\n${time.dataset.utc}`;
    if (time.dataset.relative === undefined) return;
    const seconds = (at - Date.now() - ahead) / 1000;
    if (seconds > 0) time.dataset.awaited = ''; else if (seconds < -.3 && time.dataset.awaited !== undefined) { delete time.dataset.awaited; isNews = true; }
    time.textContent = Math.abs(seconds) < 1 ? 'now' : seconds < 0 ? `${roughly(-seconds)} ago` : `in ${roughly(seconds)}`;
  });
}
/* The part of a page that is live: news refresh it, at most once a second; without news time does, slowly while events come. */
const live = () => document.querySelector('[data-live]');
let stream, isNews = false, isPressed = false, followAt = 0, askedAt = performance.now();

/* Whether a person is at something that a new part would take away. */
const isHeld = part => isPressed || part.querySelector('[data-pick]:checked') || document.activeElement.matches('input, select, textarea') && document.activeElement.closest('[data-live], #history')
  || !getSelection().isCollapsed && byId('main').contains(getSelection().anchorNode);
function look(isAsked) {
  const part = live(), now = performance.now();
  if (!part || document.hidden) return;
  if (now >= followAt && stream?.readyState !== EventSource.OPEN && stream?.readyState !== EventSource.CONNECTING) follow(part.dataset.events);
  const period = stream?.readyState === EventSource.OPEN && part.dataset.slow || part.dataset.live;
  if (part.matches('.htmx-request, .htmx-added')) return;
  if (!isAsked && (now - askedAt < (isNews ? 900 : period * 1000) || isHeld(part) || part.querySelector('details[open]') || document.querySelector('dialog[open]'))) return;
  isNews = false;
  askedAt = now;
  htmx.trigger(part, 'refresh');
}
function news() { isNews = true; look(); }
function refresh() { isNews = true; look(true); }

/* A stream that breaks is opened again soon, one that is refused after a while. */
function follow(filter) {
  if (filter === undefined || document.body.dataset.events === undefined) return;
  stream = new EventSource(`${root}/api/v1/events?brief=true&${filter}`);
  stream.onopen = stream.onmessage = news;
  stream.onerror = () => { unfollow(stream.readyState === EventSource.CLOSED ? 30000 : 2000); news(); };
}
function unfollow(pause) {
  stream?.close();
  followAt = performance.now() + pause;
}
tell(document);
setInterval(() => { if (!document.hidden) tell(document); look(); }, 1000);
look();
document.addEventListener('visibilitychange', () => { if (document.hidden) unfollow(0); else news(); });
for (const type of ['pointerdown', 'pointerup', 'pointercancel', 'pointermove']) document.addEventListener(type, event => { isPressed = event.buttons > 0; }, true);

/* Focus goes to what takes the place of the element that had it. */
const alike = element => [element.tagName, element.getAttribute('href'), element.dataset.api, element.dataset.body, element.dataset.opens].join();
let focused;
document.body.addEventListener('htmx:beforeSwap', event => {
  const part = event.target;
  if (part.dataset.live === undefined || !event.detail.shouldSwap) return;
  if (isHeld(part)) { event.detail.shouldSwap = false; isNews = true; return; }
  focused = part.contains(document.activeElement) && !document.activeElement.id ? alike(document.activeElement) : undefined;
});
document.body.addEventListener('htmx:load', event => {
  tell(event.detail.elt);
  showPicked();
  if (focused && event.detail.elt.dataset.live !== undefined) [...event.detail.elt.querySelectorAll('a, button, summary')].find(each => alike(each) === focused)?.focus({ preventScroll: true });
});
document.body.addEventListener('htmx:afterRequest', event => {
  const isGone = !event.detail.successful && ((event.detail.xhr?.status || 0) < 400 || event.detail.xhr.status === 503);
  byId('gone').hidden = !isGone;
  if (isGone) unfollow(2000);
});

const before = sessionStorage.getItem('done');
if (before) { sessionStorage.removeItem('done'); const [done, back] = JSON.parse(before); toast(done, false, back); }
document.querySelector('.top nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });

window.carillon = { api, read, showViolations, toast };
