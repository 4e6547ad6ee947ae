// Draws the charts of a page from the JSON beside them; the table under each chart holds the same numbers.
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A picture leaves the page, so it takes along what the page says around the chart: synthetic mark, title,
// legend and unit.
const picture = (chart, box, data) => {
  const drawn = chart.renderToCanvas({ pixelRatio: 2, backgroundColor: "#fff" });
  const mark = document.querySelector(".wf-synthetic");
  const title = box.closest("section").querySelector("h2").textContent.trim();
  const whole = document.createElement("canvas");
  const head = mark ? 164 : 116;
  whole.width = drawn.width;
  whole.height = drawn.height + head;
  const pen = whole.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, whole.width, whole.height);
  if (mark) {
    pen.fillStyle = token("--wf-synthetic");
    pen.fillRect(0, 0, whole.width, 48);
    pen.fillStyle = getComputedStyle(mark).color;
    pen.font = `600 24px ${token("--wf-font")}`;
    pen.fillText(mark.innerText.replace(/\s+/g, " ").trim(), 16, 32, whole.width - 32);
  }
  pen.fillStyle = token("--wf-ink");
  pen.font = `600 28px ${token("--wf-font")}`;
  pen.fillText(title, 16, head - 72, whole.width - 32);
  pen.font = `24px ${token("--wf-font")}`;
  let across = 16;
  for (const part of data.series) {
    pen.fillStyle = token(part.colour);
    pen.fillRect(across, head - 44, 20, 20);
    pen.fillStyle = token("--wf-ink-2");
    pen.fillText(part.name, across + 28, head - 25);
    across += 60 + pen.measureText(part.name).width;
  }
  pen.fillText(data.unit, across, head - 25);
  pen.drawImage(drawn, 0, head);
  return whole.toDataURL("image/png");
};

const draw = (box) => {
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const chart = echarts.init(box, null, { renderer: "canvas" });
  const ink = token("--wf-ink-2");
  const category = {
    type: "category", data: data.categories, inverse: data.lying, axisTick: { show: false },
    axisLine: { lineStyle: { color: token("--wf-line-2") } }, axisLabel: { color: ink, fontSize: 12 },
  };
  const value = {
    type: "value",
    splitLine: { lineStyle: { color: token("--wf-line") } }, axisLabel: { color: ink, fontSize: 12 },
  };
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: token("--wf-font") },
    aria: { enabled: true, label: { description: box.getAttribute("aria-label") } },
    grid: { left: 8, right: 24, top: 12, bottom: 8, containLabel: true },
    // Rich text is drawn on the canvas; an HTML tooltip would need inline styles, which the page forbids.
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: data.line ? "line" : "shadow" }, valueFormatter: (v) => (v === null ? "–" : `${v.toLocaleString()} ${data.unit}`) },
    xAxis: data.lying ? value : category,
    yAxis: data.lying ? category : value,
    series: data.series.map((part) => ({
      name: part.name, type: data.line ? "line" : "bar", stack: part.stack || undefined, data: part.values,
      barMaxWidth: 16, symbolSize: 5, lineStyle: { width: 2 }, color: token(part.colour), itemStyle: { borderRadius: data.line ? 0 : 2 },
    })),
  });
  window.addEventListener("resize", () => chart.resize());
  window.addEventListener("beforeprint", () => chart.resize());
  const save = document.querySelector(`[data-png="${box.dataset.chart}"]`);
  if (save) {
    save.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = picture(chart, box, data);
      link.download = `${save.dataset.name}.png`;
      link.click();
    });
  }
};

for (const box of document.querySelectorAll("[data-chart]")) draw(box);
