// Only what is in the window is painted anew; the rest, when it comes near.

const NEAR = "200px";

// `views`: each has an `element`; `paintOne(view)` paints it. `paint()` is called when all are out of
// date; the first time, nothing being known of the window, it paints them all.
export function watchSight(views, paintOne) {
  const inSight = new Set(views);
  const stale = new Set();
  const paintNow = (view) => {
    stale.delete(view);
    paintOne(view);
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const view = views.find(({ element }) => element === target);
      if (!isIntersecting) inSight.delete(view);
      else {
        inSight.add(view);
        if (stale.has(view)) paintNow(view);
      }
    }
  }, { rootMargin: NEAR });
  for (const { element } of views) watcher.observe(element);

  function paint() {
    for (const view of views) {
      if (inSight.has(view)) paintNow(view);
      else stale.add(view);
    }
  }

  return { paint, stop: () => watcher.disconnect() };
}
