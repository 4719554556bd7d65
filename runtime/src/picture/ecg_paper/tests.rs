use proptest::prelude::*;

use super::style::SHOWN_S;
use super::*;
use crate::ecg::{Ecg, Lead};
use crate::picture::RgbImage;

mod svg;

const RATE: f64 = 500.0;
const SCALE: usize = 4;
/// Zero of the first row of three by four, from row to row, and where traces begin, mm.
const FIRST: usize = 35;
const ROW: usize = 30;
const LEFT: usize = 15;

/// Twelve leads of 10 s, each given by its number and the sample.
fn ecg(value: impl Fn(usize, usize) -> f32) -> Ecg {
    let samples = (0..12)
        .map(|lead| (0..5000).map(|k| value(lead, k)).collect())
        .collect();
    Ecg::new(Lead::STANDARD.to_vec(), samples, RATE).expect("an ECG")
}

/// A sheet in the usual style with no words.
fn plain(ecg: &Ecg) -> RgbImage {
    let sheet = Sheet::draw(ecg, &Style::default(), "", "");
    sheet.to_image(SCALE).expect("a scale in range")
}

fn is_ink(image: &RgbImage, column: usize, row: usize) -> bool {
    image.get(column, row) == Some(INK)
}

/// Rows of ink in a column between two heights in mm: the highest and the lowest.
fn ink_rows(image: &RgbImage, column: usize, mm: [usize; 2]) -> Option<(usize, usize)> {
    let mut inked = (mm[0] * SCALE..mm[1] * SCALE).filter(|&row| is_ink(image, column, row));
    let first = inked.next()?;
    Some((first, inked.next_back().unwrap_or(first)))
}

/// Pixels of ink in a part of a sheet, mm.
fn ink_in(image: &RgbImage, columns: [usize; 2], rows: [usize; 2]) -> usize {
    (columns[0] * SCALE..columns[1] * SCALE)
        .flat_map(|x| (rows[0] * SCALE..rows[1] * SCALE).map(move |y| (x, y)))
        .filter(|&(x, y)| is_ink(image, x, y))
        .count()
}

#[test]
fn the_calibration_pulse_is_ten_by_five_millimetres_in_every_row() {
    let image = plain(&ecg(|_, _| 0.0));
    for zero_mm in (0..4).map(|row| FIRST + row * ROW) {
        // The plateau's middle, 4 mm to the right of the pulse's left border.
        let plateau = 9 * SCALE;
        let (top, _) = ink_rows(&image, plateau, [zero_mm - 15, zero_mm + 2]).expect("a plateau");
        let baseline = 5 * SCALE + 2;
        let (zero, _) = ink_rows(&image, baseline, [zero_mm - 15, zero_mm + 2]).expect("a line");
        assert_eq!(zero - top, 10 * SCALE, "height of the pulse");
        let half = (zero_mm - 5) * SCALE;
        let flanks: Vec<usize> = (0..LEFT * SCALE)
            .filter(|&column| is_ink(&image, column, half))
            .collect();
        let (first, last) = (flanks[0], flanks[flanks.len() - 1]);
        let line = flanks.iter().filter(|&&c| c < first + SCALE).count();
        assert_eq!(last + 1 - first - line, 5 * SCALE, "width of the pulse");
    }
}

#[test]
fn grid_lines_are_one_and_five_millimetres_apart() {
    let image = plain(&ecg(|_, _| 0.0));
    // A row of pixels of the paper below all traces, between two lines.
    let row = 138 * SCALE + 1;
    for column in 0..image.width() {
        let expected = if column.is_multiple_of(5 * SCALE) {
            HEAVY_LINE
        } else if column.is_multiple_of(SCALE) {
            FINE_LINE
        } else {
            PAPER
        };
        assert_eq!(image.get(column, row), Some(expected), "column {column}");
    }
}

#[test]
fn sheets_are_made_of_five_millimetre_squares_and_fit_a4_at_the_usual_speed() {
    let recording = ecg(|_, _| 0.0);
    for layout in Layout::ALL {
        for speed in Speed::ALL {
            let style = Style {
                layout,
                speed,
                ..Style::default()
            };
            let [width, height] = Sheet::draw(&recording, &style, "", "").size_mm();
            assert!(width.is_multiple_of(5) && height.is_multiple_of(5));
            assert!(speed == Speed::Fifty || width <= 297, "{width} mm wide");
            assert!(height <= 210, "{height} mm high");
        }
    }
}

/// A beat every second: 1 mV for 40 ms, 0.6 s after each full second, in one lead only.
fn beats_in(wanted: usize) -> Ecg {
    ecg(|lead, k| {
        if lead == wanted && (300..320).contains(&(k % 500)) {
            1.0
        } else {
            0.0
        }
    })
}

#[test]
fn every_lead_stands_in_its_place_with_its_time_and_height() {
    let blank = plain(&ecg(|_, _| 0.0));
    for (number, lead) in Lead::STANDARD.into_iter().enumerate() {
        let image = plain(&beats_in(number));
        // Down the columns: I, II, III, then aVR.
        let (row, column) = (number % 3, number / 3);
        let (from_s, to_s) = (2.5 * column as f64, 2.5 * (column + 1) as f64);
        let zero = FIRST + ROW * row;
        let mut seen = 0;
        for second in 0..10 {
            let time = f64::from(second) + 0.62;
            let at = ((LEFT as f64 + 25.0 * time) * SCALE as f64).round() as usize;
            let top = ink_rows(&image, at, [zero - 10, zero + 1]).map(|rows| rows.0);
            let was = ink_rows(&blank, at, [zero - 10, zero + 1]).map(|rows| rows.0);
            if (from_s..to_s - 0.05).contains(&time) {
                let zero_row = was.expect("a zero line");
                assert_eq!(zero_row - top.expect("a beat"), 10 * SCALE, "{lead} {time}");
                seen += 1;
            } else {
                assert_eq!(top, was, "{lead} {time}");
            }
            let strip = [FIRST + 3 * ROW - 10, FIRST + 3 * ROW + 1];
            let shown = ink_rows(&image, at, strip).map(|rows| rows.0);
            let flat = ink_rows(&blank, at, strip).map(|rows| rows.0);
            assert_eq!(shown != flat, lead == Lead::II, "the strip shows II alone");
        }
        assert!(seen >= 2, "{lead} shows {seen} beats");
    }
}

/// The lines of a sheet that begin at this place.
fn lines_from(sheet: &Sheet, right: f64, down: f64) -> Vec<shape::Points> {
    let shapes = sheet.shapes().iter();
    shapes
        .filter_map(|shape| match shape {
            shape::Shape::Line(points)
                if (points[0].0 - right).abs() < 1e-9 && (points[0].1 - down).abs() < 1e-9 =>
            {
                Some(points.clone())
            }
            _ => None,
        })
        .collect()
}

#[test]
fn layouts_speed_gain_and_strip_are_as_asked() {
    // Lead n is a step of n + 1 tenths of a mV in the middle of every second.
    let recording = ecg(|lead, k| match k % 500 {
        250.. => 0.0,
        _ if lead == 0 => 0.0,
        _ => 0.1 * (lead + 1) as f32,
    });
    for layout in Layout::ALL {
        for speed in Speed::ALL {
            for gain in Gain::ALL {
                for rhythm in [None, Some(Lead::V1)] {
                    let style = Style {
                        layout,
                        rhythm,
                        speed,
                        gain,
                    };
                    let sheet = Sheet::draw(&recording, &style, "", "");
                    let mm_per_s = f64::from(speed.mm_per_s());
                    let [first, apart] = layout.rows_mm();
                    let [rows, columns] = layout.rows_and_columns();
                    let left = 10.0 + 0.2 * mm_per_s;
                    let trace = &lines_from(&sheet, left, first)[0];
                    assert_eq!(trace.len(), 5000 / columns, "lead I in {layout:?}");
                    let (last, _) = trace[trace.len() - 1];
                    let seconds = (last - left) / mm_per_s;
                    assert!((seconds - SHOWN_S / columns as f64 + 0.002).abs() < 1e-9);
                    // The strip's first sample is one of the step, above or below the median.
                    let strip = style.strip();
                    assert_eq!(
                        strip,
                        rhythm.or((rows < 12).then_some(Lead::II)),
                        "{layout:?}"
                    );
                    let mut longest = sheet.shapes().iter().filter_map(|shape| match shape {
                        shape::Shape::Line(points) if points.len() == 5000 => Some(points),
                        _ => None,
                    });
                    let Some(strip) = strip else {
                        assert_eq!(longest.count(), 12);
                        continue;
                    };
                    let drawn = longest.next_back().expect("a strip");
                    let zero = first + rows as f64 * apart;
                    assert!((drawn[0].1 - zero).abs() < 20.0, "below the last row");
                    let step = (drawn[0].1 - drawn[250].1).abs();
                    let number = Lead::STANDARD.iter().position(|&lead| lead == strip);
                    let millivolts = 0.1 * (number.expect("a standard lead") + 1) as f64;
                    let expected = millivolts * f64::from(gain.mm_per_mv());
                    assert!((step - expected).abs() < 1e-5, "{step} {expected}");
                }
            }
        }
    }
}

#[test]
fn an_offset_of_the_recorder_moves_nothing() {
    let with = plain(&ecg(|lead, k| 3.5 + ((lead + k) as f32 * 0.01).sin()));
    let without = plain(&ecg(|lead, k| ((lead + k) as f32 * 0.01).sin()));
    let inked = |image: &RgbImage| -> Vec<bool> {
        (0..image.width() * image.height())
            .map(|k| is_ink(image, k % image.width(), k / image.width()))
            .collect()
    };
    let (with, without) = (inked(&with), inked(&without));
    let differing = with.iter().zip(&without).filter(|(a, b)| a != b);
    assert!(differing.count() < 200, "only rounding may differ");
}

#[test]
fn words_above_and_below_are_written_and_the_file_has_a_palette_and_a_scale() {
    let flat = ecg(|_, _| 0.0);
    let blank = plain(&flat);
    let worded = Sheet::draw(&flat, &Style::default(), "Normal, simulated", "unfiltered");
    let worded = worded.to_image(SCALE).expect("a scale in range");
    for rows in [[0, 8], [138, 145]] {
        let (with, without) = (
            ink_in(&worded, [0, 100], rows),
            ink_in(&blank, [0, 100], rows),
        );
        assert!(with > without + 80, "{with} {without}");
    }
    let bytes = worded
        .to_png(&[("Title", "ECG")], Some(4000))
        .expect("a PNG");
    let reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info();
    let info = reader.expect("a PNG");
    assert_eq!(info.info().color_type, png::ColorType::Indexed);
    assert_eq!(info.info().pixel_dims.map(|dims| dims.xppu), Some(4000));
}

/// The words of a sheet.
fn words(sheet: &Sheet) -> Vec<&str> {
    let shapes = sheet.shapes().iter();
    shapes
        .filter_map(|shape| match shape {
            shape::Shape::Words { text, .. } => Some(text.as_str()),
            shape::Shape::Line(_) => None,
        })
        .collect()
}

#[test]
fn what_is_missing_is_said_and_what_follows_is_derived() {
    let samples = vec![vec![0.0; 5000]; 3];
    let three = Ecg::new(vec![Lead::I, Lead::II, Lead::V1], samples, RATE).expect("an ECG");
    let sheet = Sheet::draw(&three, &Style::default(), "", "");
    let said = words(&sheet);
    let missing = said.iter().filter(|&&words| words == "not recorded");
    // V2 to V6: the limb leads follow from I and II.
    assert_eq!(missing.count(), 5, "{said:?}");
    for lead in Lead::STANDARD {
        assert!(said.contains(&lead.name()), "{lead}");
    }
}

#[test]
fn a_short_recording_shows_its_last_part_and_says_so() {
    let cut = |seconds: f64| {
        let count = (seconds * RATE) as usize;
        Ecg::new(
            Lead::STANDARD.to_vec(),
            vec![(0..count).map(|k| k as f32 * 1e-3).collect(); 12],
            RATE,
        )
        .expect("an ECG")
    };
    let four = Sheet::draw(&cut(4.0), &Style::default(), "", "");
    let said = words(&four);
    for words in ["V1  from 1.5 s", "aVR  from 1.5 s", "V6  from 1.5 s", "III"] {
        assert!(said.contains(&words), "{words}: {said:?}");
    }
    let missing = said.iter().filter(|&&words| words == "not recorded");
    assert_eq!(missing.count(), 1, "the strip's end: {said:?}");
    // Every lead shows 2.5 s, the strip 4 s.
    let traces: Vec<usize> = four
        .shapes()
        .iter()
        .filter_map(|shape| match shape {
            shape::Shape::Line(points) if points.len() > 10 => Some(points.len()),
            _ => None,
        })
        .collect();
    assert_eq!(traces, [[1250; 12].as_slice(), &[2000]].concat());

    let one = Sheet::draw(&cut(1.0), &Style::default(), "", "");
    let said = words(&one);
    let missing = said.iter().filter(|&&words| words == "not recorded");
    assert_eq!(missing.count(), 13, "the rest of every lead: {said:?}");
}

#[test]
fn odd_scales_are_refused_in_words() {
    let sheet = Sheet::draw(&ecg(|_, _| 0.0), &Style::default(), "", "");
    for scale in [0, 1, 21, usize::MAX] {
        let error = sheet.to_image(scale).expect_err("an odd scale");
        assert!(error.to_string().contains("choose 2 to 20"), "{error}");
    }
}

fn any_style() -> impl Strategy<Value = Style> {
    let rhythm = prop::option::of(prop::sample::select(Lead::STANDARD.to_vec()));
    let layout = prop::sample::select(Layout::ALL.to_vec());
    let speed = prop::sample::select(Speed::ALL.to_vec());
    let gain = prop::sample::select(Gain::ALL.to_vec());
    (layout, rhythm, speed, gain).prop_map(|(layout, rhythm, speed, gain)| Style {
        layout,
        rhythm,
        speed,
        gain,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_recording_can_be_drawn(
        rate in prop_oneof![0.01f64..2000.0, Just(f64::MIN_POSITIVE), Just(1e12)],
        samples in prop::collection::vec(
            prop_oneof![-5f32..5.0, Just(f32::MAX), Just(f32::MIN), Just(0.0)], 1..600),
        leads in prop::sample::subsequence(Lead::STANDARD.to_vec(), 1..=12),
        style in any_style(),
        header in ".{0,80}",
    ) {
        let rows = vec![samples; leads.len()];
        let ecg = Ecg::new(leads, rows, rate).expect("an ECG");
        let sheet = Sheet::draw(&ecg, &style, &header, &header);
        let image = sheet.to_image(2).expect("a scale in range");
        prop_assert_eq!([image.width(), image.height()], sheet.size_mm().map(|mm| 2 * mm));
        let svg = sheet.to_svg();
        prop_assert!(roxmltree::Document::parse(&svg).is_ok(), "{}", svg);
    }
}
