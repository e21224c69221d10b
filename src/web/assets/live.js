// Shows how a run goes on. The server sends the part of the page that changed, and an end when nothing more will.
const panel = document.querySelector('[data-live]');
const said = document.querySelector('[data-said]');

/** Who listens hears how far it is four times a minute, not with every number that changes. */
const reportEveryMs = 15_000;

if (panel instanceof HTMLElement) {
  let saidAt = Date.now();
  const events = new EventSource(panel.dataset.live);
  events.addEventListener('progress', ({ data }) => {
    panel.innerHTML = data;
    const words = panel.querySelector('[data-say]')?.dataset.say;
    if (!said || !words || Date.now() - saidAt < reportEveryMs) return;
    saidAt = Date.now();
    said.textContent = words;
  });
  events.addEventListener('end', () => {
    events.close();
    location.reload();
  });
}
