// The form of a job: its inputs and its JSON are two views of the same job, and the schedule is explained while typing.
'use strict';
{
  const form = document.getElementById('job');
  const text = document.getElementById('json');
  const planned = document.getElementById('planned');
  const fields = [...form.querySelectorAll('[name]')];
  const zoneField = form.elements['schedule.timeZone'];
  let job = JSON.parse(text.value);

  const get = (value, path) => path.split('.').reduce((at, name) => at == null ? at : at[name], value);

  /* Objects are shown as they are written in JSON, lists of texts and numbers one a line. */
  const shown = value => value == null ? '' : Array.isArray(value) && value.every(each => typeof each !== 'object') ? value.join('\n') : typeof value === 'object' ? JSON.stringify(value) : String(value);

  function toFields() {
    for (const field of fields) {
      if (field === document.activeElement) continue;
      const schedule = job.schedule;
      if (field.type === 'checkbox') field.checked = get(job, field.name) === true;
      else if (field.name === 'schedule') {
        const { timeZone, ...rest } = schedule && typeof schedule === 'object' ? schedule : { cron: schedule };
        field.value = Object.keys(rest).length === 1 && rest.cron !== undefined ? shown(rest.cron) : shown(rest);
      } else field.value = field.dataset.kind === 'json' && typeof get(job, field.name) === 'object' ? JSON.stringify(get(job, field.name)) : shown(get(job, field.name));
    }
    for (const group of form.querySelectorAll('details')) if ([...group.querySelectorAll('[name]')].some(field => field.type === 'checkbox' ? field.checked : field.value)) group.open = true;
  }

  function fromFields(field) {
    if (field.name === 'schedule' || field === zoneField) {
      const schedule = form.elements.schedule.value.trim();
      const zone = zoneField.value.trim();
      let value = schedule;
      if (/^\{/.test(schedule)) { try { value = JSON.parse(schedule); } catch { return; } }
      if (schedule === '') delete job.schedule;
      else if (zone === '') job.schedule = value;
      else job.schedule = { ...(typeof value === 'object' ? value : { cron: value }), timeZone: zone };
      return;
    }
    const path = field.name.split('.');
    let value = field.type === 'checkbox' ? field.checked || undefined : field.value.trim() === '' ? undefined : field.value;
    if (value !== undefined && field.dataset.kind === 'number') value = Number(value);
    if (value !== undefined && (field.dataset.kind === 'list' || field.dataset.kind === 'numbers')) {
      value = value.split('\n').map(line => line.trim()).filter(line => line);
      if (field.dataset.kind === 'numbers') value = value.map(Number);
    }
    if (value !== undefined && field.dataset.kind === 'json') { try { value = JSON.parse(value); } catch { return; } }
    const at = [job];
    for (const name of path.slice(0, -1)) {
      if (typeof at.at(-1)[name] !== 'object' || at.at(-1)[name] === null) at.at(-1)[name] = {};
      at.push(at.at(-1)[name]);
    }
    if (value === undefined) delete at.at(-1)[path.at(-1)]; else at.at(-1)[path.at(-1)] = value;
    // An object without fields is none, except config itself.
    for (let depth = path.length - 1; depth > 0; depth--) {
      if (Object.keys(at[depth]).length === 0 && !(depth === 1 && path[0] === 'config')) delete at[depth - 1][path[depth - 1]];
    }
  }

  function toCurl() {
    const [method, path] = form.dataset.api.split(' ');
    const body = JSON.stringify(job, null, 2).replaceAll("'", "'\\''");
    document.getElementById('curl').textContent = `curl -X ${method} ${location.origin}${document.body.dataset.root}${path} \\\n`
      + `  -H "Authorization: Bearer $CARILLON_KEY" -H 'Content-Type: application/json' \\\n  -d '${body}'`;
  }

  let timer;
  function preview() {
    clearTimeout(timer);
    timer = setTimeout(explain, 200);
  }

  async function explain() {
    planned.replaceChildren();
    form.querySelectorAll('[data-wrong^=schedule]').forEach(each => { each.textContent = ''; });
    if (job.schedule === undefined) { say('muted', 'It runs on demand, or after another job.'); return; }
    try {
      const { json } = await carillon.api('POST /api/v1/schedules/preview', { schedule: job.schedule, count: 5, ...(job.namespace && { namespace: job.namespace }) });
      say('', `It runs ${json.description}.`);
      for (const warning of json.warnings) say('banner', warning.message);
      const list = document.createElement('ul');
      for (const { at, local } of json.next) {
        const item = document.createElement('li');
        item.textContent = `${local.replace('T', ' ')}, here ${new Date(at).toLocaleString()}`;
        list.append(item);
      }
      planned.append(list);
    } catch (problem) {
      for (const { field, message } of problem.violations || [])
        (form.querySelector(`[data-wrong="${CSS.escape(field)}"]`) || form.querySelector('[data-wrong=schedule]')).textContent = message;
    }
  }

  function say(className, message) {
    const line = document.createElement('p');
    line.className = className;
    line.textContent = message;
    planned.append(line);
  }

  form.addEventListener('input', event => {
    if (event.target === text) {
      try { job = JSON.parse(text.value); text.setCustomValidity(''); } catch (wrong) { text.setCustomValidity(wrong.message); return; }
      toFields();
    } else {
      fromFields(event.target);
      text.value = JSON.stringify(job, null, 2);
    }
    toCurl();
    if (event.target === text || event.target.name?.startsWith('schedule')) preview();
  });

  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const option = document.createElement('option');
    option.value = zone;
    document.getElementById('zones').append(option);
  }
  toFields();
  toCurl();
  preview();
}
