//! The drawing: where leads, names, pulses and words stand.

use super::shape::{Anchor, Points, Shape};
use super::style::{SHOWN_S, Style};
use crate::ecg::{Ecg, Lead};

/// Left border of the calibration pulse, and clear paper at the right, mm.
const MARGIN_MM: f64 = 5.0;
/// The pulse is 1 mV for so many seconds, with a level of so many mm before and after it.
const PULSE_S: f64 = 0.2;
const PULSE_LEVEL_MM: f64 = 1.5;
/// From the pulse's end to the traces.
const PULSE_GAP_MM: f64 = 2.0;
/// From the last row's zero to the lower border.
const BELOW_MM: f64 = 20.0;
/// Base lines of the words above (from the top) and below (from the bottom).
const HEADER_MM: f64 = 6.0;
const FOOTER_MM: f64 = 3.0;
/// The name of a lead stands this part of a row above its zero.
const NAME_ABOVE: f64 = 0.38;
/// Marks between leads reach from here to there above and below zero, in parts of a row.
const MARK: [f64; 2] = [0.32, 0.42];
/// What is left blank for want of a recording, and the least width in mm that has room for it.
const NOT_RECORDED: &str = "not recorded";
const NOT_RECORDED_MM: f64 = 22.0;
/// Times closer than this are the same, s.
const SAME_S: f64 = 1e-6;

/// An ECG drawn on paper: lines and words in mm, ready to become pixels or a vector graphic.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    size_mm: [usize; 2],
    scale: String,
    shapes: Vec<Shape>,
}

impl Sheet {
    /// Draws a recording, with a line of words above and one below; they should say nothing that
    /// tells who the patient is.
    ///
    /// Each column shows the time after the one before, all leads of a column at once, as the
    /// strip below shows the first 10 s. Limb leads that follow from others are derived; other
    /// missing leads, and the time after the end of a short recording, are marked as not
    /// recorded. A column whose time was not recorded in full shows the last that was, and says
    /// from when. Each lead's median is its zero line, since recorders add offsets.
    pub fn draw(ecg: &Ecg, style: &Style, header: &str, footer: &str) -> Sheet {
        let mut pen = Pen::new(ecg.with_derived_leads(), style);
        let [rows, columns] = style.layout.rows_and_columns();
        let span = SHOWN_S / columns as f64;
        for row in 0..rows {
            let zero = pen.zero_of(row);
            pen.pulse(zero);
            for column in 0..columns {
                if let Some(lead) = style.layout.lead(row, column) {
                    pen.lead(lead, column as f64 * span, span, zero);
                }
            }
        }
        if let Some(lead) = style.strip() {
            let zero = pen.zero_of(rows);
            pen.pulse(zero);
            pen.lead(lead, 0.0, SHOWN_S, zero);
        }
        let rows = rows + usize::from(style.strip().is_some());
        let width = pen.time(SHOWN_S) + MARGIN_MM;
        let height = pen.zero_of(rows - 1) + BELOW_MM;
        pen.words(header, (MARGIN_MM, HEADER_MM), Anchor::Start);
        let scale = style.scale();
        pen.words(&scale, (width - MARGIN_MM, HEADER_MM), Anchor::End);
        pen.words(footer, (MARGIN_MM, height - FOOTER_MM), Anchor::Start);
        Sheet {
            // Both are whole numbers, as all they are made of.
            size_mm: [width, height].map(|mm| mm.round() as usize),
            scale,
            shapes: pen.shapes,
        }
    }

    /// Width and height in mm; multiples of 5, so that sheets side by side share one grid.
    pub fn size_mm(&self) -> [usize; 2] {
        self.size_mm
    }

    /// Paper speed and gain in words.
    pub fn scale(&self) -> &str {
        &self.scale
    }

    pub(super) fn shapes(&self) -> &[Shape] {
        &self.shapes
    }
}

/// A sheet in the making.
struct Pen {
    ecg: Ecg,
    /// mm for a second and for a millivolt.
    speed: f64,
    gain: f64,
    /// Zero of the first row, and from row to row, mm.
    rows_mm: [f64; 2],
    shapes: Vec<Shape>,
}

impl Pen {
    fn new(ecg: Ecg, style: &Style) -> Pen {
        Pen {
            ecg,
            speed: f64::from(style.speed.mm_per_s()),
            gain: f64::from(style.gain.mm_per_mv()),
            rows_mm: style.layout.rows_mm(),
            shapes: Vec::new(),
        }
    }

    /// Where zero of a row lies, counted from 0.
    fn zero_of(&self, row: usize) -> f64 {
        let [first, apart] = self.rows_mm;
        first + row as f64 * apart
    }

    /// Where a time on the sheet lies, in mm from the left.
    fn time(&self, seconds: f64) -> f64 {
        let pulse = 2.0 * PULSE_LEVEL_MM + PULSE_S * self.speed;
        MARGIN_MM + pulse + PULSE_GAP_MM + seconds * self.speed
    }

    /// The calibration pulse on this zero line.
    fn pulse(&mut self, zero: f64) {
        let rise = MARGIN_MM + PULSE_LEVEL_MM;
        let fall = rise + PULSE_S * self.speed;
        let top = zero - self.gain;
        self.shapes.push(Shape::Line(vec![
            (MARGIN_MM, zero),
            (rise, zero),
            (rise, top),
            (fall, top),
            (fall, zero),
            (fall + PULSE_LEVEL_MM, zero),
        ]));
    }

    /// A lead with its name, from this time of the sheet on, for so many seconds.
    fn lead(&mut self, lead: Lead, start: f64, span: f64, zero: f64) {
        let (left, right) = (self.time(start), self.time(start + span));
        if start > 0.0 {
            self.mark(left, zero);
        }
        let recorded = self.ecg.duration_seconds();
        let from = start.min((recorded - span).max(0.0));
        let is_there = self.ecg.lead(lead).is_some();
        let name = if is_there && start - from > SAME_S {
            format!("{lead}  from {from:.1} s")
        } else {
            lead.to_string()
        };
        let above = zero - NAME_ABOVE * self.rows_mm[1];
        self.words(&name, (left + 1.5, above), Anchor::Start);
        if !is_there {
            self.not_recorded(left, right, zero);
            return;
        }
        let points = self.points(lead, from, span, left, zero);
        self.shapes.push(Shape::Line(points));
        let shown = recorded - from;
        if shown + SAME_S < span {
            let end = left + shown * self.speed;
            self.mark(end, zero);
            self.not_recorded(end, right, zero);
        }
    }

    /// Samples of a lead from a time of the recording on, as a line from `left` on.
    fn points(&self, lead: Lead, from: f64, span: f64, left: f64, zero: f64) -> Points {
        let samples = self.ecg.lead(lead).unwrap_or_default();
        let level = median(samples);
        let rate = self.ecg.sampling_rate();
        let first = (from * rate).round() as usize;
        let count = (span * rate).round() as usize;
        let shown = samples.iter().skip(first).take(count.max(1));
        shown
            .enumerate()
            .map(|(k, &mv)| {
                let right = left + k as f64 / rate * self.speed;
                let up = (f64::from(mv) - level) * self.gain;
                (right, zero - up)
            })
            .collect()
    }

    /// Where one lead ends and the next begins.
    fn mark(&mut self, right: f64, zero: f64) {
        let [near, far] = MARK.map(|part| part * self.rows_mm[1]);
        for (from, to) in [(zero - far, zero - near), (zero + near, zero + far)] {
            self.shapes
                .push(Shape::Line(vec![(right, from), (right, to)]));
        }
    }

    /// Says that there is nothing, where there is room; a line would look like a flat lead.
    fn not_recorded(&mut self, left: f64, right: f64, zero: f64) {
        if right - left >= NOT_RECORDED_MM {
            let middle = ((left + right) / 2.0, zero + 1.0);
            self.words(NOT_RECORDED, middle, Anchor::Middle);
        }
    }

    fn words(&mut self, text: &str, at: (f64, f64), anchor: Anchor) {
        self.shapes.push(Shape::Words {
            text: text.to_owned(),
            at,
            anchor,
        });
    }
}

/// The middle value of finite samples.
fn median(samples: &[f32]) -> f64 {
    let mut sorted = samples.to_vec();
    let middle = sorted.len() / 2;
    if sorted.is_empty() {
        return 0.0;
    }
    let (_, value, _) = sorted.select_nth_unstable_by(middle, f32::total_cmp);
    f64::from(*value)
}
