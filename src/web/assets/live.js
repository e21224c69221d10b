// Shows how a run goes on. The server sends the part of the page that changed, and an end when nothing more will.
const panel = document.querySelector('[data-live]');

if (panel instanceof HTMLElement) {
  const events = new EventSource(panel.dataset.live);
  events.addEventListener('progress', ({ data }) => {
    panel.innerHTML = data;
  });
  events.addEventListener('end', () => {
    events.close();
    location.reload();
  });
}
