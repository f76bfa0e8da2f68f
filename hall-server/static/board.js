/* The hall board: draws the snapshot and every change after it, blinks the newest call, speaks each call. */
(function () {
  'use strict';

  var body = document.body;
  var hall = body.getAttribute('data-hall');
  var english = body.getAttribute('data-lang') === 'en';
  var busyMinutes = Number(body.getAttribute('data-busy-minutes'));
  var longMinutes = Number(body.getAttribute('data-long-minutes'));
  var api = '/api/v1/halls/' + encodeURIComponent(hall);
  var RECENT = 8;
  var ROWS = 7;
  var TALL_ROWS = 5;
  /* From this length on, in Chinese characters, a line's name needs a taller row. */
  var LONG_NAME = 56;
  var TURN_PAGE = 10000;
  var ASK = 60000;
  var HOUR = 3600000;

  /* The server's clock, not the screen's. */
  var ahead = Number(body.getAttribute('data-now')) - Date.now();
  function now() { return Date.now() + ahead; }

  var state = null;

  function find(name) { return document.querySelector('[data-testid="' + name + '"]'); }
  function text(of) { return english && of.en ? of.en : of.zh; }

  /* ---- Fitting: a long text is set smaller until it is whole. ---- */

  /* data-fit holds the least font size and the greatest height, both in rem; without a height only the width counts. */
  function fit(element) {
    element.style.fontSize = '';
    var rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    var limits = element.getAttribute('data-fit').split(' ');
    var least = parseFloat(limits[0]) * rem;
    var tallest = limits[1] ? parseFloat(limits[1]) * rem : Infinity;
    var size = parseFloat(getComputedStyle(element).fontSize);
    while (size > least && (element.scrollWidth > element.clientWidth + 1 || element.offsetHeight > tallest + 1)) {
      size = Math.max(least, size * 0.95);
      element.style.fontSize = size + 'px';
    }
  }

  function fitAll() {
    var found = document.querySelectorAll('.board-head [data-fit], .board-main [data-fit]');
    for (var i = 0; i < found.length; i += 1) { fit(found[i]); }
  }

  /* ---- Drawing ---- */

  function row(template, values) {
    var made = document.importNode(document.getElementById(template).content, true).firstElementChild;
    for (var name in values) {
      if (Object.prototype.hasOwnProperty.call(values, name)) {
        made.querySelector('[data-fill="' + name + '"]').textContent = values[name];
      }
    }
    return made;
  }

  function fill(list, rows) {
    while (list.firstChild) { list.removeChild(list.firstChild); }
    for (var i = 0; i < rows.length; i += 1) { list.appendChild(rows[i]); }
  }

  function drawCalls(isNew) {
    var hero = find('newest-call');
    var newest = state.calling[0];
    if (newest) {
      hero.removeAttribute('data-empty');
      hero.setAttribute('data-turn', newest.turn);
      hero.setAttribute('data-number', newest.number);
      hero.setAttribute('data-window', newest.window);
      find('newest-number').textContent = newest.number;
      find('newest-window').textContent = newest.window;
      fit(find('newest-number'));
      if (isNew) {
        hero.className = 'hero';
        void hero.offsetWidth;
        hero.className = 'hero hero-new';
      }
    } else {
      hero.setAttribute('data-empty', '');
    }
    find('calls').setAttribute('data-recent', Math.min(RECENT, Math.max(0, state.calling.length - 1)));
    fill(find('recent-calls'), state.calling.slice(1, RECENT + 1).map(function (call) {
      var made = row('call-row', { number: call.number, window: call.window });
      made.setAttribute('data-number', call.number);
      made.setAttribute('data-window', call.window);
      return made;
    }));
  }

  function level(line) {
    if (line.waiting === 0) { return 'calm'; }
    if (line.windows === 0) { return 'unserved'; }
    var waited = line.longest_since ? Math.max(0, Math.floor((now() - line.longest_since) / 60000)) : 0;
    var minutes = Math.max(line.wait.to_minutes || 0, waited);
    return minutes >= longMinutes ? 'long' : minutes >= busyMinutes ? 'busy' : 'calm';
  }

  var page = 0;

  function width(name) {
    var wide = 0;
    for (var i = 0; i < name.length; i += 1) { wide += name.charCodeAt(i) > 255 ? 1 : 0.55; }
    return wide;
  }

  function drawLines() {
    var tall = state.lines.some(function (line) { return width(text(line.line.name)) > LONG_NAME; });
    var rows = tall ? TALL_ROWS : ROWS;
    var words = document.getElementById('level-words');
    var pages = Math.max(1, Math.ceil(state.lines.length / rows));
    page = page % pages;
    find('line-pages').textContent = pages > 1 ? (page + 1) + ' / ' + pages : '';
    var list = find('lines');
    list.className = tall ? 'lines lines-tall' : 'lines';
    fill(list, state.lines.map(function (line, i) {
      var name = level(line);
      var made = row('line-row', { letter: line.line.letter, name: text(line.line.name), waiting: line.waiting, level: words.getAttribute('data-' + name) });
      made.className = 'line line-' + name;
      made.setAttribute('data-letter', line.line.letter);
      made.setAttribute('data-level', name);
      if (Math.floor(i / rows) !== page) { made.setAttribute('hidden', ''); }
      return made;
    }));
    var names = list.querySelectorAll('.line:not([hidden]) .line-name');
    for (var i = 0; i < names.length; i += 1) {
      if (tall) { names[i].setAttribute('data-fit', '1.6 14'); }
      fit(names[i]);
    }
  }

  var shownDay = '';

  function drawClock() {
    /* The halls' zone has had one offset since 1991; reading it as UTC works on every browser. */
    var there = new Date(now() + 8 * HOUR);
    var two = function (n) { return (n < 10 ? '0' : '') + n; };
    find('clock').textContent = two(there.getUTCHours()) + ':' + two(there.getUTCMinutes());
    var day = there.toISOString().slice(0, 10);
    if (shownDay && day !== shownDay) { window.location.reload(); }
    shownDay = day;
  }

  function draw(isNew) {
    drawCalls(isNew);
    drawLines();
    window.hallLive.notice('shut', !state.open);
    body.setAttribute('data-open', state.open);
    body.setAttribute('data-turn', state.turn);
  }

  /* ---- Speech: one call at a time, in order, each in every language asked for, repeated as set. ---- */

  var STALE = 180000;
  var LONGEST_CLIP = 25000;
  var TRY_AGAIN = 3000;
  var voices = body.getAttribute('data-voices').split(' ');
  var wanted = body.getAttribute('data-speak').split(' ').filter(Boolean);
  var languages = wanted.filter(function (l) { return voices.indexOf(l) >= 0; });
  var repeat = Number(body.getAttribute('data-repeat'));
  var toSpeak = [];
  var speaking = false;
  var spokenTurn = Number(body.getAttribute('data-turn'));
  var player = new Audio();

  window.hallLive.notice('voiceless', wanted.length > 0 && languages.length < wanted.length);

  function speak(call) {
    if (call.turn <= spokenTurn) { return; }
    spokenTurn = call.turn;
    if (languages.length === 0) { return; }
    toSpeak.push(call);
    if (!speaking) { speakNext(); }
  }

  function speakNext() {
    var call = toSpeak.shift();
    while (call && now() - call.at > STALE) { call = toSpeak.shift(); }
    if (!call) { speaking = false; body.removeAttribute('data-speaking'); return; }
    speaking = true;
    body.setAttribute('data-speaking', call.number);
    var clips = [];
    /* Where many wait to be called, once must do: a late call helps nobody. */
    for (var r = 0; r < (toSpeak.length > 3 ? 1 : repeat); r += 1) {
      for (var l = 0; l < languages.length; l += 1) { clips.push(languages[l]); }
    }
    playClips(call, clips);
  }

  function playClips(call, clips) {
    if (clips.length === 0 || now() - call.at > STALE) { speakNext(); return; }
    var over = false;
    var watchdog = null;
    function next() {
      if (over) { return; }
      over = true;
      clearTimeout(watchdog);
      playClips(call, clips.slice(1));
    }
    /* Without a connection the clip is asked for again, as long as the call is still worth hearing. */
    function failed() {
      if (document.documentElement.getAttribute('data-connection') !== 'down') { next(); return; }
      if (over) { return; }
      over = true;
      clearTimeout(watchdog);
      setTimeout(function () { playClips(call, clips); }, TRY_AGAIN);
    }
    watchdog = setTimeout(function () { player.pause(); next(); }, LONGEST_CLIP);
    player.onended = next;
    player.onerror = failed;
    player.src = '/halls/' + encodeURIComponent(hall) + '/speech/' + call.turn + '.wav?lang=' + clips[0];
    body.setAttribute('data-spoken', (Number(body.getAttribute('data-spoken')) || 0) + 1);
    var started = player.play();
    if (started && started.then) {
      started.then(function () { window.hallLive.notice('blocked', false); }, function (reason) {
        if (reason && reason.name === 'NotAllowedError') {
          if (over) { return; }
          over = true;
          clearTimeout(watchdog);
          window.hallLive.notice('blocked', true);
          waitForTouch(call);
        } else {
          failed();
        }
      });
    }
  }

  function waitForTouch(call) {
    function touched() {
      document.removeEventListener('click', touched);
      document.removeEventListener('keydown', touched);
      window.hallLive.notice('blocked', false);
      toSpeak.unshift(call);
      speakNext();
    }
    document.addEventListener('click', touched);
    document.addEventListener('keydown', touched);
  }

  /* ---- The server's events ---- */

  function snapshot(data) {
    var fresh = JSON.parse(data);
    var before = state;
    /* An answer overtaken by newer events; a lower turn at a later time is another database, and a new beginning. */
    if (before && fresh.turn < before.turn) {
      if (fresh.at <= before.at + 5000) { return; }
      spokenTurn = fresh.turn;
    }
    state = fresh;
    ahead = state.at - Date.now();
    var isNew = !!before && !!state.calling[0] && (!before.calling[0] || state.calling[0].turn > before.calling[0].turn);
    draw(isNew);
    /* Oldest first: that is the order in which they were called. */
    state.calling.slice().reverse().forEach(speak);
    spokenTurn = Math.max(spokenTurn, state.turn);
  }

  function setWindow(number, change) {
    state.windows.forEach(function (window) {
      if (window.number === number) { window.state = change; }
    });
  }

  function change(data) {
    if (!state) { return; }
    var push = JSON.parse(data);
    if (push.turn <= state.turn) { return; }
    state.turn = push.turn;
    state.at = push.at;
    if (push.kind === 'ticket-called') {
      var call = { number: push.number, window: push.window, at: push.at, calls: push.calls, turn: push.turn };
      state.calling = [call].concat(state.calling.filter(function (c) { return c.number !== push.number; })).slice(0, 12);
      setWindow(push.window, 'serving');
      drawCalls(true);
      speak(call);
    } else if (push.kind === 'ticket-no-show') {
      state.calling = state.calling.filter(function (c) { return c.number !== push.number; });
      drawCalls(false);
    } else if (push.kind === 'window-changed') {
      setWindow(push.window, push.state);
    }
    if (push.line) {
      state.lines = state.lines.map(function (line) {
        return line.line.letter === push.line.line.letter ? push.line : line;
      });
      drawLines();
    }
    body.setAttribute('data-turn', state.turn);
  }

  function ask(done) {
    window.hallLive.get(api + '/queue', function (status, answer) {
      if (status === 200) { snapshot(answer); }
      done(status === 200);
    });
  }

  window.hallLive.listen({
    url: function (last) { return api + '/events' + (last ? '?after=' + last : ''); },
    events: { snapshot: snapshot, message: change },
    check: ask
  });

  fitAll();
  drawClock();
  setInterval(drawClock, 1000);
  setInterval(function () {
    page += 1;
    if (state) { drawLines(); }
  }, TURN_PAGE);
  /* Opening and closing times come without an event. */
  setInterval(function () { ask(function () { return undefined; }); }, ASK);
  window.addEventListener('resize', fitAll);
  if (document.fonts && document.fonts.ready) { document.fonts.ready.then(fitAll); }
}());
