// Pointing at a line of Keras (by mouse, key or finger) lights up the lines by hand that do the same.
for (const sides of document.querySelectorAll(".sides")) {
  const pane = sides.querySelectorAll(".code")[1];

  const light = (link) => {
    sides.querySelectorAll(".lit").forEach((line) => line.classList.remove("lit"));
    const lines = link.dataset.lights.split(" ").map((id) => document.getElementById(id));
    lines.forEach((line) => line.classList.add("lit"));
    link.closest("li").classList.add("lit");
    // only the pane moves: the line that is pointed at stays under the pointer
    pane.scrollTo({ top: lines[0].offsetTop - pane.clientHeight / 4 });
  };

  sides.querySelectorAll("a[data-lights]").forEach((link) => {
    link.addEventListener("mouseenter", () => light(link));
    link.addEventListener("focus", () => light(link));
    link.addEventListener("click", (event) => {
      event.preventDefault(); // a finger's tap: the lines are lit, there is nowhere to go
      light(link);
    });
  });
}
