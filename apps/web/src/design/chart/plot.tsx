import { useEffect, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme, watchTheme } from '../../app/theme.js';
import { useWidth } from '../layout/use-width.js';
import type { ChartData, ChartSeries } from './chart-data.js';
import { axisTimes } from './axis-times.js';
import styles from './chart.module.css';

/** The canvas itself; loaded only where a chart is. */
export default function Plot({ times, series, format, height }: ChartData & { readonly height: number }) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const shownTheme = useSyncExternalStore(watchTheme, theme);
  useEffect(() => {
    if (!place.current || !width) return;
    const colour = colourReader(place.current);
    const axis = {
      stroke: colour('var(--text-faint)'),
      font: `12px ${getComputedStyle(place.current).fontFamily}`,
      grid: { stroke: colour('var(--border)'), width: 1 },
      ticks: { show: false },
    };
    const plot = new uPlot(
      {
        width,
        height,
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: { points: { size: 7 } },
        scales: { y: { range: (_self, low, high) => [Math.min(0, low), high <= 0 ? 1 : high * 1.08] } },
        axes: [
          { ...axis, grid: { show: false }, space: 64, values: (_self, instants) => axisTimes(instants) },
          { ...axis, size: 72, values: (_self, values) => values.map((value) => format(value)) },
        ],
        series: [{}, ...series.map((one) => seriesOptions(one, colour))],
      },
      [[...times], ...series.map(({ values }) => [...values])] as uPlot.AlignedData,
      place.current,
    );
    return () => plot.destroy();
  }, [times, series, format, height, width, shownTheme]);
  return <div ref={place} className={styles.plot} style={{ height }} />;
}

function seriesOptions(
  { label, tone, draw = 'line' }: ChartSeries,
  colour: (css: string) => string,
): uPlot.Series {
  const name = tone === 'accent' ? 'accent-text' : `${tone}-solid`;
  const stroke = colour(`var(--${name})`);
  return draw === 'bars'
    ? { label, fill: stroke, paths: uPlot.paths.bars!({ size: [0.7, 40] }), points: { show: false } }
    : {
        ...{ label, stroke, width: 1.75, spanGaps: false },
        fill: colour(`color-mix(in oklab, var(--${name}), transparent 88%)`),
        points: { show: false },
      };
}

/** A canvas knows no variables: colours are resolved on an element of the page. */
function colourReader(place: HTMLElement): (css: string) => string {
  return (css) => {
    const probe = document.createElement('span');
    probe.style.color = css;
    place.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
