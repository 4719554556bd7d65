//! A 12-lead ECG on paper as cardiologists read it: 25 mm/s, 10 mm/mV, three rows of four leads
//! of 2.5 s each and a rhythm strip of lead II, after a calibration pulse of 1 mV and 0.2 s.

mod trace;

use embedded_graphics::Drawable;
use embedded_graphics::geometry::Point;
use embedded_graphics::mono_font::iso_8859_1::{
    FONT_6X10, FONT_7X13_BOLD, FONT_9X15_BOLD, FONT_10X20,
};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::text::{Alignment, Baseline, Text, TextStyleBuilder};
use thiserror::Error;

use super::rgb_image::RgbImage;
use crate::ecg::{Ecg, EcgError, Lead};
use trace::Points;

/// Paper speed, mm/s.
pub const SPEED_MM_PER_S: f64 = 25.0;
/// Gain, mm/mV.
pub const GAIN_MM_PER_MV: f64 = 10.0;
/// Time that each of the twelve leads is shown for, s.
pub const COLUMN_S: f64 = 2.5;
/// Pixels per mm that a sheet may have.
pub const PIXELS_PER_MM: std::ops::RangeInclusive<usize> = 2..=20;

/// Width and height of the sheet, mm; multiples of 5, so that sheets side by side share one grid.
pub const SHEET_MM: [usize; 2] = [270, 135];
/// Where the calibration pulse and then the traces begin, mm from the left.
const PULSE_LEFT_MM: f64 = 5.0;
const TRACE_LEFT_MM: f64 = 15.0;
/// The pulse: 1 mV for 0.2 s.
const PULSE_MM: [f64; 2] = [5.0, 10.0];
/// Zero of the first row, mm from the top, and from each row to the next.
const FIRST_ROW_MM: f64 = 30.0;
const ROW_MM: f64 = 30.0;
/// Lead names stand this far above zero.
const NAME_ABOVE_MM: f64 = 11.0;
/// Width of the trace, mm.
const TRACE_MM: f64 = 0.4;

/// The leads of each row, from left to right.
const ROWS: [[Lead; 4]; 3] = [
    [Lead::I, Lead::AVR, Lead::V1, Lead::V4],
    [Lead::II, Lead::AVL, Lead::V2, Lead::V5],
    [Lead::III, Lead::AVF, Lead::V3, Lead::V6],
];
/// The lead of the strip below them.
const RHYTHM: Lead = Lead::II;

/// Colours of paper, lines every mm and every 5 mm, and ink.
const PAPER: [u8; 3] = [255, 248, 246];
const FINE_LINE: [u8; 3] = [250, 220, 217];
const HEAVY_LINE: [u8; 3] = [240, 170, 165];
const INK: [u8; 3] = [24, 24, 32];

/// Why an ECG cannot be drawn.
#[derive(Debug, Error, PartialEq)]
pub enum EcgPaperError {
    /// Leads are missing.
    #[error("the 12-lead sheet cannot be drawn: {0}")]
    Leads(#[from] EcgError),
    /// The scale is not in [`PIXELS_PER_MM`].
    #[error("a sheet of {found} pixels per mm cannot be drawn; choose 2 to 20")]
    Scale {
        /// Pixels per mm asked for.
        found: usize,
    },
}

/// Draws the recording on a sheet of [`SHEET_MM`] with so many pixels per mm, and this line above.
///
/// Each column shows the 2.5 s after the one before, all leads of a column at once, as the strip
/// below shows the whole 10 s. Of a recording shorter than 10 s, later columns show its last 2.5 s
/// again; of a longer one, the first 10 s are shown. Each lead's median is its zero line.
///
/// # Errors
/// Leads that are missing and do not follow from others; a scale out of range.
pub fn draw(ecg: &Ecg, title: &str, pixels_per_mm: usize) -> Result<RgbImage, EcgPaperError> {
    if !PIXELS_PER_MM.contains(&pixels_per_mm) {
        return Err(EcgPaperError::Scale {
            found: pixels_per_mm,
        });
    }
    let ecg = ecg.twelve_leads()?;
    let mut sheet = Sheet::blank(pixels_per_mm);
    for (row, leads) in (0..).zip(ROWS) {
        let zero = FIRST_ROW_MM + f64::from(row) * ROW_MM;
        sheet.pulse(zero);
        for (column, lead) in (0..).zip(leads) {
            let start = f64::from(column) * COLUMN_S;
            sheet.lead(&ecg, lead, start, COLUMN_S, zero);
        }
    }
    let strip = FIRST_ROW_MM + ROWS.len() as f64 * ROW_MM;
    sheet.pulse(strip);
    sheet.lead(&ecg, RHYTHM, 0.0, 4.0 * COLUMN_S, strip);
    sheet.words(title, [PULSE_LEFT_MM, 3.0], Alignment::Left);
    let right = SHEET_MM[0] as f64 - PULSE_LEFT_MM;
    let scale = format!("{SPEED_MM_PER_S} mm/s  {GAIN_MM_PER_MV} mm/mV");
    sheet.words(&scale, [right, 3.0], Alignment::Right);
    Ok(sheet.image)
}

/// A sheet being drawn; positions are mm from the upper left corner.
struct Sheet {
    image: RgbImage,
    pixels_per_mm: usize,
}

impl Sheet {
    fn blank(pixels_per_mm: usize) -> Self {
        let [width, height] = SHEET_MM.map(|mm| mm * pixels_per_mm);
        let mut image = RgbImage::filled(height, width, PAPER);
        for (spacing, colour) in [(pixels_per_mm, FINE_LINE), (5 * pixels_per_mm, HEAVY_LINE)] {
            for row in 0..height {
                for column in 0..width {
                    if (row.is_multiple_of(spacing) || column.is_multiple_of(spacing))
                        && let Some(pixel) = image.get_mut(column, row)
                    {
                        *pixel = colour;
                    }
                }
            }
        }
        Self {
            image,
            pixels_per_mm,
        }
    }

    /// The calibration pulse on this zero line.
    fn pulse(&mut self, zero: f64) {
        let [width, height] = PULSE_MM;
        let rise = PULSE_LEFT_MM + 1.5;
        let points = vec![
            (PULSE_LEFT_MM, zero),
            (rise, zero),
            (rise, zero - height),
            (rise + width, zero - height),
            (rise + width, zero),
            (rise + width + 1.5, zero),
        ];
        self.line(points);
    }

    /// Part of a lead where its time belongs, with its name.
    fn lead(&mut self, ecg: &Ecg, lead: Lead, start: f64, length: f64, zero: f64) {
        let left = TRACE_LEFT_MM + start * SPEED_MM_PER_S;
        if start > 0.0 {
            // Where one lead ends and the next begins.
            self.line(vec![(left, zero - 12.5), (left, zero - 9.5)]);
            self.line(vec![(left, zero + 9.5), (left, zero + 12.5)]);
        }
        let name = [left + 1.5, zero - NAME_ABOVE_MM];
        self.words(lead.name(), name, Alignment::Left);
        let Some(samples) = ecg.lead(lead) else {
            return;
        };
        let level = median(samples);
        let rate = ecg.sampling_rate();
        let shown_from = start.min((ecg.duration_seconds() - length).max(0.0));
        let first = (shown_from * rate).round() as usize;
        let count = (length * rate).round() as usize;
        let points = samples
            .iter()
            .skip(first)
            .take(count.max(1))
            .enumerate()
            .map(|(k, &mv)| {
                let right = left + k as f64 / rate * SPEED_MM_PER_S;
                (right, zero - (f64::from(mv) - level) * GAIN_MM_PER_MV)
            });
        self.line(points.collect());
    }

    /// A line through points in mm.
    fn line(&mut self, mut points: Points) {
        let scale = self.pixels_per_mm as f64;
        // Far beyond the sheet nothing is drawn, and huge numbers would lose their fractions.
        let limit = 4.0 * SHEET_MM[0] as f64;
        for (right, down) in &mut points {
            *right *= scale;
            *down = down.clamp(-limit, limit) * scale;
        }
        trace::draw(&mut self.image, &points, (TRACE_MM * scale).max(1.0), INK);
    }

    /// Words whose upper edge is here; of those that do not fit, the end is left out.
    fn words(&mut self, words: &str, [right, down]: [f64; 2], side: Alignment) {
        let [red, green, blue] = INK;
        let style = MonoTextStyle::new(self.font(), Rgb888::new(red, green, blue));
        let scale = self.pixels_per_mm as f64;
        let at = Point::new((right * scale) as i32, (down * scale) as i32);
        let placed = TextStyleBuilder::new()
            .alignment(side)
            .baseline(Baseline::Top)
            .build();
        let Ok(_next) = Text::with_text_style(words, at, style, placed).draw(&mut self.image);
    }

    /// Letters about 3 mm high.
    fn font(&self) -> &'static MonoFont<'static> {
        match self.pixels_per_mm {
            ..=3 => &FONT_6X10,
            4 => &FONT_7X13_BOLD,
            5 => &FONT_9X15_BOLD,
            _ => &FONT_10X20,
        }
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

#[cfg(test)]
mod tests;
