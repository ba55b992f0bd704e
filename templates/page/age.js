
// The one script: it ages the line above and shows the banner. Without it the page is complete.
(() => {
  const root = document.documentElement;
  const lastRun = Number(root.dataset.lastRun) * 1000;
  const staleAfter = Number(root.dataset.staleAfter) * 1000;
  const banner = document.getElementById("stale");
  const age = document.getElementById("age");
  if (!lastRun) return;
  const words = (seconds) =>
    seconds < 90 ? "about a minute ago"
    : seconds < 5400 ? `${Math.round(seconds / 60)} minutes ago`
    : seconds < 129600 ? `${Math.round(seconds / 3600)} hours ago`
    : `${Math.round(seconds / 86400)} days ago`;
  const tick = () => {
    const passed = Math.max(0, Date.now() - lastRun);
    if (age) age.textContent = ` · ${passed < 45000 ? "just now" : words(passed / 1000)}`;
    const isStale = passed >= staleAfter;
    banner.hidden = !isStale;
    root.classList.toggle("stale", isStale);
  };
  tick();
  setInterval(tick, 15000);
})();
