/* The page on which a ticket's holder prepares: saves what is entered at once, shows how far an upload is. Without it every form still
   has its button. Written for phones of 2016: no arrow functions, no fetch. */
(function () {
  'use strict';

  var AGAIN = 4000;
  var body = document.body;
  var place = document.getElementById('preparation');
  var status = document.getElementById('status');
  var hiding = null;
  var words = function (name) { return body.getAttribute('data-' + name); };

  function say(text, bad) {
    clearTimeout(hiding);
    status.textContent = text;
    status.className = 'prepare-status' + (bad ? ' prepare-status-bad' : '');
    status.removeAttribute('hidden');
    if (!bad) { hiding = setTimeout(function () { status.setAttribute('hidden', ''); }, 1500); }
  }

  /* What the server says of a refusal, in a sentence. */
  function reason(request) {
    try {
      var problem = JSON.parse(request.responseText);
      return problem.title + (problem.detail ? ' · ' + problem.detail : '');
    } catch (error) {
      return '';
    }
  }

  function post(form, data, done, progress) {
    var request = new XMLHttpRequest();
    request.open('POST', form.getAttribute('action'));
    request.setRequestHeader('X-Part', '1');
    request.setRequestHeader('Accept', '*/*');
    request.setRequestHeader('Accept-Language', words('language'));
    if (progress && request.upload) { request.upload.onprogress = progress; }
    request.onload = function () { done(request.status, request); };
    request.onerror = function () { done(0, request); };
    if (typeof data === 'string') { request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded'); }
    request.send(data);
  }

  function encoded(form) {
    var pairs = [];
    for (var i = 0; i < form.elements.length; i += 1) {
      var input = form.elements[i];
      if (input.name && (input.type !== 'radio' || input.checked)) {
        pairs.push(encodeURIComponent(input.name) + '=' + encodeURIComponent(input.value));
      }
    }
    return pairs.join('&');
  }

  /* Puts sections of the server's answer in place; all of them, or those named. What is being typed in stays untouched. */
  function replace(html, ids) {
    if (!ids) {
      var focused = document.activeElement;
      var name = focused && focused.form ? focused.name : '';
      var value = name ? focused.value : '';
      place.innerHTML = html;
      var same = name ? place.querySelectorAll('[name="' + name + '"]') : [];
      for (var i = 0; i < same.length; i += 1) {
        if (same[i].type !== 'file' && (same.length === 1 || same[i].value === value)) { same[i].focus(); }
      }
      return;
    }
    var fresh = document.createElement('div');
    fresh.innerHTML = html;
    for (var n = 0; n < ids.length; n += 1) {
      var old = document.getElementById(ids[n]);
      var next = fresh.querySelector('[id="' + ids[n] + '"]');
      if (old && next) { old.parentNode.replaceChild(next, old); }
    }
    faults(fresh);
  }

  function faults(fresh) {
    var next = fresh.querySelectorAll('[data-testid="field"]');
    for (var i = 0; i < next.length; i += 1) {
      var old = document.querySelector('[data-testid="field"][data-key="' + next[i].getAttribute('data-key') + '"]');
      if (old) {
        var from = next[i].querySelector('.field-fault');
        old.replaceChild(from, old.querySelector('.field-fault'));
      }
    }
  }

  /* One form is saved at a time; what changes meanwhile is saved after it, what did not arrive is tried again. */
  var saving = false;
  var waiting = [];

  function save(form) {
    if (saving) {
      if (waiting.indexOf(form) < 0) { waiting.push(form); }
      return;
    }
    saving = true;
    say(words('saving'));
    post(form, encoded(form), function (code, request) {
      saving = false;
      if (code === 200) {
        say(words('saved'));
        replace(request.responseText, form.getAttribute('data-auto') === 'open' ? ['top', 'open'] : null);
      } else if (code === 0 || code >= 500) {
        say(words('not-saved'), true);
        setTimeout(function () { save(form); }, AGAIN);
        return;
      } else if (code === 404 || code === 409) {
        window.location.reload();
      } else {
        say(reason(request) || words('not-saved'), true);
      }
      if (waiting.length) { save(waiting.shift()); }
    });
  }

  function upload(form, files) {
    var box = form.querySelector('.paper-progress');
    var text = form.querySelector('.paper-progress-text');
    var bar = form.querySelector('.paper-bar span');
    var file = files.shift();
    var data = new FormData();
    data.append('file', file, file.name);
    box.className = 'paper-progress';
    box.removeAttribute('hidden');
    text.textContent = words('uploading') + ' 0%';
    bar.style.width = '0';
    post(form, data, function (code, request) {
      if (code === 200) {
        if (files.length) { upload(form, files); } else { replace(request.responseText, ['top', 'papers', 'open']); }
        return;
      }
      box.className = 'paper-progress paper-progress-bad';
      text.textContent = reason(request) || words('failed');
      bar.style.width = '0';
    }, function (event) {
      if (!event.lengthComputable) { return; }
      var share = Math.floor(event.loaded * 100 / event.total) + '%';
      text.textContent = words('uploading') + ' ' + share;
      bar.style.width = share;
    });
  }

  function form_of(event) {
    return event.target && event.target.form;
  }

  place.addEventListener('change', function (event) {
    var form = form_of(event);
    if (!form) { return; }
    if (form.hasAttribute('data-auto')) { save(form); }
    if (form.hasAttribute('data-upload') && event.target.files && event.target.files.length) {
      upload(form, Array.prototype.slice.call(event.target.files));
      event.target.value = '';
    }
  });

  place.addEventListener('submit', function (event) {
    var form = event.target;
    if (form.hasAttribute('data-auto')) {
      event.preventDefault();
      save(form);
    } else if (form.hasAttribute('data-act')) {
      event.preventDefault();
      post(form, '', function (code, request) {
        if (code === 200) {
          replace(request.responseText, ['top', 'papers', 'open']);
          if (form.getAttribute('data-act') === 'top') { window.scrollTo(0, 0); }
        } else if (code === 404 || code === 409) {
          window.location.reload();
        } else {
          say(reason(request) || words('not-saved'), true);
        }
      });
    }
  });

  document.documentElement.className += ' js';
}());
