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

  function signIn() { window.location.href = body.getAttribute('data-sign-in'); }

  window.hallLive.listen({
    url: function () { return body.getAttribute('data-events'); },
    events: {
      part: place,
      end: signIn
    },
    /* The page itself tells whether the session is still good: without one the server shows the form instead. */
    check: function (done) {
      window.hallLive.get(window.location.href, function (status, html) {
        if (html.indexOf('data-testid="sign-in"') >= 0) { signIn(); return; }
        done(status === 200);
      });
    }
  });
}());
