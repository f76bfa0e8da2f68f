/* The supervisor's page: the server sends the changed parts as HTML; each takes the place of the part with its id. */
(function () {
  'use strict';

  var body = document.body;

  function place(data) {
    var message = JSON.parse(data);
    var old = document.getElementById(message.id);
    if (!old) { window.location.reload(); return; }
    var holder = document.createElement('div');
    holder.innerHTML = message.html;
    if (holder.firstElementChild) { old.parentNode.replaceChild(holder.firstElementChild, old); }
  }

  window.hallLive.listen({
    url: function () { return body.getAttribute('data-events'); },
    events: {
      part: place,
      end: function () { window.location.href = body.getAttribute('data-sign-in'); }
    },
    check: function (done) {
      window.hallLive.get('/healthz', function (status) { done(status === 200); });
    }
  });
}());
