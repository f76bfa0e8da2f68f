/* Listens to the server's events and keeps the page true: snapshot first, then changes by their number; says plainly
   when there is no connection, and comes back by itself. Written for phones of 2016: no arrow functions, no fetch. */
window.hallLive = (function () {
  'use strict';

  var SAY_AFTER = 1500;
  var QUIET = 30000;
  var RETRY_FIRST = 1000;
  var RETRY_LONGEST = 15000;

  function notice(name, shown) {
    var found = document.querySelectorAll('[data-notice="' + name + '"]');
    for (var i = 0; i < found.length; i += 1) {
      if (shown) { found[i].removeAttribute('hidden'); } else { found[i].setAttribute('hidden', ''); }
    }
  }

  function get(url, done) {
    var request = new XMLHttpRequest();
    request.open('GET', url);
    request.timeout = 10000;
    request.onload = function () { done(request.status, request.responseText); };
    request.onerror = request.ontimeout = function () { done(0, ''); };
    request.send();
  }

  /* options: url(last id) gives the address; events: {name: function (data, id)}; check(done) fetches the truth and says
     whether the server answered; it is called after silence and, where there is no EventSource, instead of events. */
  function listen(options) {
    var source = null;
    var last = options.last || '';
    var retry = RETRY_FIRST;
    var heard = Date.now();
    var saying = null;
    var reopening = null;

    function connected() {
      var wasAway = saying || document.documentElement.getAttribute('data-connection') === 'down';
      heard = Date.now();
      retry = RETRY_FIRST;
      if (saying) { clearTimeout(saying); saying = null; }
      notice('connection', false);
      document.documentElement.setAttribute('data-connection', 'up');
      /* Events that were missed carry no figures: ask once for the whole truth. */
      if (wasAway) { check(); }
    }

    function away() {
      if (saying || document.documentElement.getAttribute('data-connection') === 'down') { return; }
      saying = setTimeout(function () {
        saying = null;
        notice('connection', true);
        document.documentElement.setAttribute('data-connection', 'down');
      }, SAY_AFTER);
    }

    function reopen() {
      if (reopening) { return; }
      reopening = setTimeout(function () {
        reopening = null;
        open();
        /* The server may have refused the stream and nothing else: then the page still learns what it can. */
        options.check(function () { return undefined; });
      }, retry);
      retry = Math.min(retry * 2, RETRY_LONGEST);
    }

    function hear(name, act) {
      source.addEventListener(name, function (event) {
        connected();
        if (event.lastEventId) { last = event.lastEventId; }
        act(event.data, event.lastEventId);
      });
    }

    function open() {
      if (!window.EventSource) { return; }
      if (source) { source.close(); }
      source = new EventSource(options.url(last));
      source.onopen = connected;
      source.onerror = function () {
        away();
        if (source.readyState === 2) { reopen(); }
      };
      for (var name in options.events) {
        if (Object.prototype.hasOwnProperty.call(options.events, name)) { hear(name, options.events[name]); }
      }
    }

    function check() {
      options.check(function (answered) {
        if (answered) { connected(); } else { away(); if (source) { open(); } }
      });
    }

    open();
    setInterval(function () {
      if (!source || Date.now() - heard > QUIET) { check(); }
    }, options.every || 10000);
    window.addEventListener('online', open);
    window.addEventListener('offline', away);
    document.addEventListener('visibilitychange', function () {
      if (!document.hidden) { check(); }
    });
  }

  return { listen: listen, get: get, notice: notice };
}());
