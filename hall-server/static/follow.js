/* The phone page: fetches its own part again whenever the ticket changes; vibrates and flashes when it is called. */
(function () {
  'use strict';

  var body = document.body;
  var part = document.getElementById('part');
  var fetching = false;
  var again = false;

  function called() {
    var ticket = part.querySelector('[data-testid="ticket"]');
    return ticket && ticket.getAttribute('data-state') === 'called' ? Number(ticket.getAttribute('data-calls')) : 0;
  }

  function alarm() {
    if (navigator.vibrate) { navigator.vibrate([600, 250, 600, 250, 600, 250, 900]); }
    body.className = body.className.replace(/ ?flash/g, '');
    void body.offsetWidth;
    body.className += ' flash';
    window.scrollTo(0, 0);
  }

  function refresh(done) {
    if (fetching) { again = true; if (done) { done(true); } return; }
    fetching = true;
    window.hallLive.get(body.getAttribute('data-part'), function (status, html) {
      fetching = false;
      if (status === 200) {
        var before = called();
        part.innerHTML = html;
        if (called() > before) { alarm(); }
      } else if (status === 404) {
        window.location.reload();
      }
      if (done) { done(status !== 0); }
      if (again) { again = false; refresh(); }
    });
  }

  window.hallLive.listen({
    url: function () { return body.getAttribute('data-events'); },
    events: { follow: function () { refresh(); } },
    check: refresh
  });
}());
