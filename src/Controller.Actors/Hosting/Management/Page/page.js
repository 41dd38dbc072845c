'use strict';
(() => {
  // An event comes every second; a member that hangs holds one back for two seconds more.
  const LOST_AFTER = 6000;
  const RETRY_AFTER = 3000;
  const MOST_ROWS = 10;
  const SVG = 'http://www.w3.org/2000/svg';

  const at = id => document.getElementById(id);
  let source = null;
  let retry = 0;
  let known = null;
  let receivedAt = 0;
  let failed = false;

  // What comes from the cluster is only ever shown as text.
  const say = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  const mark = (element, state) => {
    if (!state) element.removeAttribute('data-state');
    else if (element.dataset.state !== state) element.dataset.state = state;
  };

  const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;
  const host = node => node ? node.replace(/^[^@]*@/, '') : '';
  const time = text => new Date(text).toLocaleTimeString();
  const percent = (part, whole) => `${Math.round(100 * part / whole)} %`;

  function span(seconds) {
    if (seconds === null || seconds === undefined) return '–';
    const s = Math.max(0, seconds);
    if (s < 1) return `${Math.round(s * 1000)} ms`;
    if (s < 10) return `${s.toFixed(1)} s`;
    if (s < 120) return `${Math.round(s)} s`;
    if (s < 7200) return `${Math.round(s / 60)} min`;
    if (s < 172800) return `${Math.round(s / 3600)} h`;
    return `${Math.round(s / 86400)} d`;
  }

  const since = (document, text) => (Date.parse(document.at) - Date.parse(text)) / 1000;

  // Rows and cells are used again, so that neither the focus nor what is selected is lost.
  function fill(table, rows, none) {
    const columns = table.tHead.rows[0].cells;
    const body = table.tBodies[0];
    const shown = rows.length ? rows : [[none]];
    while (body.rows.length > shown.length) body.deleteRow(-1);
    shown.forEach((cells, index) => {
      let row = body.rows[index];
      if (row && row.cells.length !== cells.length) {
        row.replaceChildren();
      }
      row = row || body.insertRow();
      cells.forEach((cell, column) => {
        let element = row.cells[column];
        if (!element) {
          element = document.createElement(rows.length && column === 0 ? 'th' : 'td');
          if (element.tagName === 'TH') element.scope = 'row';
          if (columns[column].className) element.className = columns[column].className;
          if (!rows.length) element.colSpan = columns.length;
          row.append(element);
        }
        const value = typeof cell === 'object' ? cell : { text: cell };
        say(element, String(value.text));
        mark(element, value.state);
      });
    });
  }

  function fact(id, text, state) {
    say(at(id).querySelector('dd'), text);
    mark(at(id), state);
  }

  function problemsOf(status) {
    const problems = [];
    const leader = status.members.find(member => member.leads);
    if (status.problem) problems.push(`The controller that answers is not ready: ${status.problem}`);
    if (!leader) problems.push('No controller leads, so no pods are watched.');
    for (const member of status.members) {
      if (!member.reachable) problems.push(`The controller ${host(member.node)} cannot be reached by the others. If it does not come back, they take it out by themselves.`);
      else if (member.status !== 'Up') problems.push(`The controller ${host(member.node)} is ${member.status}.`);
      else if (member.problem && member.node !== status.selfNode) problems.push(`The controller ${host(member.node)} is not ready: ${member.problem}`);
      if (member.vault && member.vault.circuitOpen) problems.push(`Vault does not serve ${host(member.node)}: requests wait.`);
      if (member.vault && member.vault.tokenLifetimeSeconds && member.vault.tokenLeftSeconds < member.vault.tokenLifetimeSeconds / 4)
        problems.push(`The Vault token of ${host(member.node)} ends in ${span(member.vault.tokenLeftSeconds)} and was not renewed.`);
      for (const one of member.certificates) {
        if (one.lifetimeSeconds && one.leftSeconds < one.lifetimeSeconds / 10) problems.push(`The ${one.certificate} certificate of ${host(member.node)} ends in ${span(one.leftSeconds)}.`);
      }
    }
    const silent = status.unanswered.filter(node => status.members.some(member => member.node === node && member.reachable));
    for (const node of silent) problems.push(`The controller ${host(node)} did not answer in time: what it knows is missing here.`);
    if (leader && status.watch && !status.watch.watching) problems.push('The leader has not listed the pods yet.');
    if (status.watch && status.watch.interruptedAt) problems.push(`The watch of pods has been interrupted for ${span(since(status, status.watch.interruptedAt))}: the API server does not answer the leader.`);
    if (status.ledger && status.ledger.bytes && status.ledger.bytes > .85 * status.ledger.limitBytes) problems.push(`The ledger is full to ${percent(status.ledger.bytes, status.ledger.limitBytes)}.`);
    if (ledgerIsLate(status)) problems.push(`The ledger was last written ${span(since(status, status.ledger.writtenAt))} ago.`);
    const failing = status.pods.filter(pod => pod.failed).length;
    if (failing) problems.push(`${plural(failing, 'pod waits', 'pods wait')} after a failed attempt; the reasons are below.`);
    return problems;
  }

  // The leader writes it every 5 s.
  const ledgerIsLate = status => Boolean(status.ledger && status.ledger.writtenAt && since(status, status.ledger.writtenAt) > 20);

  function showGlance(status) {
    const problems = problemsOf(status);
    const verdict = at('verdict');
    say(verdict, problems.length ? `${plural(problems.length, 'thing needs', 'things need')} attention` : 'All is well');
    mark(verdict, problems.length ? 'bad' : 'good');
    const list = at('problems');
    list.hidden = !problems.length;
    while (list.children.length > problems.length) list.lastChild.remove();
    problems.forEach((problem, index) => say(list.children[index] || list.appendChild(document.createElement('li')), problem));

    const leader = status.members.find(member => member.leads);
    fact('tile-leader', leader ? host(leader.node) : 'nobody leads', leader ? 'good' : 'bad');
    const waiting = status.pods.length + status.omitted;
    fact('tile-pods', waiting ? `${waiting}; the longest for ${span(status.pods[0].ageSeconds)}` : 'none', status.pods.some(pod => pod.failed) ? 'bad' : 'good');
    const vaults = status.members.map(member => member.vault).filter(Boolean);
    const open = vaults.filter(vault => vault.circuitOpen).length;
    fact('tile-vault', !vaults.length ? 'not known' : open ? `does not serve ${open} of ${vaults.length}` : 'serves', !vaults.length || open ? 'bad' : 'good');
    const watch = status.watch;
    fact('tile-watch', !watch ? 'not known' : watch.interruptedAt ? `no answer for ${span(since(status, watch.interruptedAt))}` : watch.watching ? 'answers' : 'not asked yet',
      watch && watch.watching && !watch.interruptedAt ? 'good' : 'bad');
    const ledger = status.ledger;
    fact('tile-ledger', !ledger ? 'not known' : ledger.bytes ? `${percent(ledger.bytes, ledger.limitBytes)} full` : ledger.store, !ledger || ledgerIsLate(status) ? 'bad' : 'good');
    fact('tile-deliveries', `${status.deliveries.count}${status.deliveries.count ? `; half within ${span(status.deliveries.p50Seconds)}` : ''}`, 'good');
  }

  function showPods(status) {
    const omitted = at('omitted');
    omitted.hidden = !status.omitted;
    say(omitted, status.omitted ? `${status.omitted} more wait that are not listed here: there are too many.` : '');
    fill(at('pods'), status.pods.map(pod => [
      `${pod.namespace}/${pod.pod}`, pod.role, span(pod.ageSeconds), pod.attempts, { text: pod.reason, state: pod.failed ? 'bad' : '' }, pod.whatToDo,
    ]), 'No pod waits.');
  }

  function showMembers(status) {
    fill(at('members'), status.members.map(member => [
      host(member.node), member.status, { text: member.reachable ? 'yes' : 'no', state: member.reachable ? '' : 'bad' }, member.leads ? 'leads' : '',
      { text: member.version === null ? 'has not answered' : member.problem || 'yes', state: member.version === null || member.problem ? 'bad' : 'good' },
      member.version ? member.version.replace(/\+.*$/, '') : '–', member.shards ?? '–', member.podActors ?? '–', member.startedAt ? span(since(status, member.startedAt)) : '–',
    ]), 'This controller is in no cluster yet.');
    fill(at('vault'), status.members.filter(member => member.vault).map(member => [
      host(member.node), { text: member.vault.circuitOpen ? 'open: requests wait' : 'closed', state: member.vault.circuitOpen ? 'bad' : 'good' }, member.vault.requests,
      span(member.vault.p50Seconds), span(member.vault.p95Seconds),
      member.vault.tokenLifetimeSeconds ? `${span(member.vault.tokenLeftSeconds)} left` : 'none',
      member.certificates.map(one => `${one.certificate}: ${span(one.leftSeconds)} left`).join(', ') || 'none',
    ]), 'No controller has answered.');
  }

  function showDeliveries(status) {
    const { last, count, p50Seconds, p95Seconds } = status.deliveries;
    say(at('latency'), count
      ? `${plural(count, 'pod was', 'pods were')} served since the controllers started: half within ${span(p50Seconds)}, 95 of 100 within ${span(p95Seconds)}.`
      : 'No pod was served since the controllers started.');
    fill(at('deliveries'), last.slice(0, MOST_ROWS).map(one => [`${one.namespace}/${one.pod}`, one.role, time(one.at), span(one.seconds), one.attempts, host(one.node)]), 'No delivery yet.');

    const chart = at('chart');
    const slowest = Math.max(...last.map(one => one.seconds), .001);
    const label = last.length
      ? `The last ${plural(last.length, 'delivery', 'deliveries')}, the newest on the right: the fastest took ${span(Math.min(...last.map(one => one.seconds)))}, the slowest ${span(slowest)}`
      : 'No delivery yet';
    if (chart.getAttribute('aria-label') !== label) chart.setAttribute('aria-label', label);
    const width = 400 / 40;
    while (chart.children.length > last.length) chart.lastChild.remove();
    [...last].reverse().forEach((one, index) => {
      const bar = chart.children[index] || chart.appendChild(document.createElementNS(SVG, 'rect'));
      const height = Math.max(2, 86 * one.seconds / slowest);
      bar.setAttribute('x', 400 - width * (last.length - index) + 1);
      bar.setAttribute('y', 90 - height);
      bar.setAttribute('width', width - 2);
      bar.setAttribute('height', height);
      if (one.attempts > 1) bar.setAttribute('data-retried', ''); else bar.removeAttribute('data-retried');
    });
  }

  function showRest(status) {
    fill(at('failures'), status.failures.map(failure => [failure.of, failure.reason, failure.count]), 'Nothing has failed.');
    const { watch, ledger } = status;
    fact('fact-watch', !watch ? 'no leader has answered' : watch.interruptedAt ? `interrupted for ${span(since(status, watch.interruptedAt))}` : watch.watching ? `runs on ${host(watch.node)}` : 'begins');
    fact('fact-store', ledger ? { kubernetes: 'in a ConfigMap', sqlite: 'in a file', none: 'not stored' }[ledger.store] || ledger.store : 'no leader has answered');
    fact('fact-size', ledger && ledger.bytes ? `${percent(ledger.bytes, ledger.limitBytes)} (${Math.ceil(ledger.bytes / 1024)} of ${Math.round(ledger.limitBytes / 1024)} KiB)` : '–');
    fact('fact-written', ledger && ledger.writtenAt ? `${span(since(status, ledger.writtenAt))} ago` : '–');
    fact('fact-runs', ledger ? `${ledger.pending} pending, ${ledger.delivered} delivered, ${ledger.cancelled} cancelled` : '–');
    at('fact-next').hidden = !(ledger && ledger.nextDeliveryAt);
    if (ledger && ledger.nextDeliveryAt) fact('fact-next', since(status, ledger.nextDeliveryAt) < 0 ? `in ${span(-since(status, ledger.nextDeliveryAt))}` : `due for ${span(since(status, ledger.nextDeliveryAt))}`);
  }

  function show(status) {
    known = status;
    say(at('asked'), `Asked: ${host(status.selfNode)}`);
    showGlance(status);
    showPods(status);
    showMembers(status);
    showDeliveries(status);
    showRest(status);
  }

  // Screen readers read the contact out when it changes, not each second; the age has a place of its own.
  function showContact() {
    const contact = at('contact');
    const silence = performance.now() - receivedAt;
    const lost = failed || (known && silence > LOST_AFTER);
    const state = lost ? 'lost' : known ? 'live' : 'connecting';
    mark(contact, state);
    say(contact, state === 'live' ? 'Live' : state === 'connecting' ? 'Connecting…'
      : known ? `Lost contact with the controller. What you see is of ${time(known.at)}. Trying again.` : 'The controller does not answer, or too many pages are open at it. Trying again.');
    say(at('age'), known ? lost ? `${span(silence / 1000)} old` : `of ${time(known.at)}` : '');
    document.title = lost ? 'Lost contact – AkkaVault' : known && at('verdict').dataset.state === 'bad' ? 'Attention – AkkaVault' : 'AkkaVault';
  }

  function connect() {
    clearTimeout(retry);
    source = new EventSource('events');
    source.addEventListener('status', event => {
      receivedAt = performance.now();
      failed = false;
      show(JSON.parse(event.data));
      showContact();
    });
    source.addEventListener('error', () => {
      failed = true;
      showContact();
      // After an answer that is none the browser does not try again by itself.
      if (source && source.readyState === EventSource.CLOSED) retry = setTimeout(connect, RETRY_AFTER);
    });
  }

  // A page that nobody sees asks for nothing.
  document.addEventListener('visibilitychange', () => {
    clearTimeout(retry);
    if (document.hidden) {
      if (source) source.close();
      return;
    }
    receivedAt = performance.now();
    connect();
  });
  setInterval(showContact, 1000);
  if (!document.hidden) connect();
})();
