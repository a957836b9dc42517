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

function toast(text, isWrong) {
  const toast = document.createElement('div');
  toast.className = isWrong ? 'toast wrong' : 'toast';
  toast.textContent = text;
  byId('toasts').append(toast);
  setTimeout(() => toast.remove(), isWrong ? 12000 : 4000);
}

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

const refresh = () => document.querySelectorAll('[data-live]').forEach(part => htmx.trigger(part, 'refresh'));

/* A button that calls the API: data-api, and perhaps data-body, data-version, data-confirm, data-done, data-then. */
async function press(button) {
  const { api: call, body, version, confirm, consequence, verb, done, then } = button.dataset;
  if (confirm && !await agreed(confirm, consequence, verb || button.textContent)) return;
  button.disabled = true;
  try {
    const { json } = await api(call, body ? JSON.parse(body) : undefined, version);
    if (then) location.assign(root + then.replace('{id}', json?.id)); else { toast(done || 'Done'); refresh(); }
  } catch (problem) {
    toast(problem.message, true);
  } finally {
    button.disabled = false;
  }
}

/* Reads a form as JSON: a field's name is its path; data-kind says how its text is read. */
function read(form) {
  const body = {};
  for (const field of form.querySelectorAll('[name]')) {
    if (field.closest('[data-ignore], [data-path]') || field.disabled) continue;
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
    if (name) form.querySelector(`[data-wrong="${CSS.escape(name)}"]`).textContent = name === field ? message : `${field}: ${message}`;
    else unplaced.push(`${field}: ${message}`);
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
    const call = form.dataset.api.replace('{name}', encodeURIComponent(named)) + (isDry ? '?dryRun=true' : '');
    const { json } = await api(call, body, form.dataset.version);
    showViolations(form, []);
    if (isDry) {
      output.textContent = told(json);
      form.dataset.tried = '';
      form.querySelector('.primary').textContent = form.dataset.verb;
      return;
    }
    if (form.dataset.then) { location.assign(root + form.dataset.then.replace('{id}', json?.id)); return; }
    if (form.dataset.shows) { output.textContent = `Copy it now, it is not shown again:\n${json[form.dataset.shows]}`; refresh(); return; }
    form.closest('dialog')?.close();
    toast(form.dataset.done || 'Done');
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
  if (!await agreed(`${button.textContent.trim()} ${rows.length === 1 ? '1 job' : rows.length + ' jobs'}?`, names, button.textContent.trim())) return;
  let failed = 0;
  for (const row of rows) {
    try { await api(button.dataset.apiEach.replace('{id}', row.value)); } catch (problem) { failed++; toast(`${row.dataset.pick}: ${problem.message}`, true); }
  }
  toast(`${rows.length - failed} of ${rows.length} done`);
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
    time.textContent = Math.abs(seconds) < 1 ? 'now' : seconds < 0 ? `${roughly(-seconds)} ago` : `in ${roughly(seconds)}`;
  });
}
tell(document);
setInterval(() => { if (!document.hidden) tell(document); }, 1000);

/* Parts that are live are not replaced under the hands of a person, and say when nothing comes any more. */
document.body.addEventListener('htmx:beforeRequest', event => {
  const part = event.target;
  if (part.dataset.live === undefined || event.detail.requestConfig?.triggeringEvent?.type === 'refresh') return;
  if (document.hidden || part.querySelector('[data-pick]:checked, details[open]') || document.querySelector('dialog[open]') || part.contains(document.activeElement) && document.activeElement.matches('input, select, textarea')) event.preventDefault();
});
document.body.addEventListener('htmx:load', event => { tell(event.detail.elt); showPicked(); });
document.body.addEventListener('htmx:afterRequest', event => { byId('gone').hidden = event.detail.successful || (event.detail.xhr?.status || 0) >= 400 && event.detail.xhr.status !== 503; });

window.carillon = { api, read, showViolations, toast };
