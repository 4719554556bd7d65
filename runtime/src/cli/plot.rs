//! `ecg2mri plot`: an ECG on paper, as PNG or SVG.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use ecg2mri::atomic_file::AtomicFile;
use ecg2mri::ecg::{Ecg, Lead};
use ecg2mri::formats;
use ecg2mri::picture::ecg_paper::style::SHOWN_S;
use ecg2mri::picture::ecg_paper::{Gain, Layout, Sheet, Speed, Style};
use ecg2mri::signal::filter::DiagnosticBand;
use ecg2mri::signal::{detect_qrs, median_beat};
use ecg2mri::standard_output;

use super::failure::Failure;

const EXAMPLES: &str = "Examples:
  ecg2mri plot recording.hea -o paper.svg
  ecg2mri plot recording.xml -o paper.png --layout 6x2 --rhythm V1
  ecg2mri plot recording -o paper.png --filter --gain 20";

/// Pixels per mm of a PNG, some 200 per inch.
const PIXELS_PER_MM: u8 = 8;

/// Fewer beats have no rate.
const LEAST_BEATS: usize = 3;

/// Draw an ECG on paper: 25 mm/s, 10 mm/mV, with a rhythm strip
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The recording, in any format that is read (`ecg2mri --help` lists them)
    ecg: PathBuf,

    /// Where the drawing goes; a file of that name is replaced. An SVG is true-size when printed
    #[arg(short, long, value_name = "OUT.png|.svg", value_parser = output)]
    output: Output,

    /// Rows x columns of leads
    #[arg(long, default_value = Layout::default().name(), value_parser = layout())]
    layout: Layout,

    /// Lead of the rhythm strip [default: II; with 12x1, where leads are shown in full, no strip]
    #[arg(long, value_name = "LEAD")]
    rhythm: Option<Lead>,

    /// Paper speed in mm/s
    #[arg(long, default_value = Speed::default().name(), value_parser = speed())]
    speed: Speed,

    /// Gain in mm/mV
    #[arg(long, default_value = Gain::default().name(), value_parser = gain())]
    gain: Gain,

    /// Draw what passes 0.5-100 Hz and, where there is mains hum, a notch; else as recorded
    #[arg(long)]
    filter: bool,
}

/// Where the drawing goes, and as what.
#[derive(Clone, Debug, PartialEq)]
enum Output {
    Png(PathBuf),
    Svg(PathBuf),
}

/// Carries out the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let path = arguments.ecg.as_path();
    let ecg = formats::read(path)?;
    let named = |error| Failure::failed(format!("{}: {error}", path.display()));
    let (drawn, filters) = if arguments.filter {
        let (filtered, band) =
            DiagnosticBand::of_recording(&ecg.with_derived_leads()).map_err(named)?;
        (Some(filtered), format!("filtered: {band}, zero phase"))
    } else {
        (None, "unfiltered".to_owned())
    };
    let style = Style {
        layout: arguments.layout,
        rhythm: arguments.rhythm,
        speed: arguments.speed,
        gain: arguments.gain,
    };
    let header = header(&ecg);
    let footer = footer(&ecg, &filters);
    let sheet = Sheet::draw(drawn.as_ref().unwrap_or(&ecg), &style, &header, &footer);
    let (file, contents) = match &arguments.output {
        Output::Svg(file) => (file, sheet.to_svg().into_bytes()),
        Output::Png(file) => (file, png(&sheet)?),
    };
    AtomicFile::write(file, &contents)?;
    let told = told(file, &sheet, &header, &footer);
    standard_output::print(&told).map_err(Failure::failed)
}

/// What is measured, and how much there is; nothing that the file says about the patient.
fn header(ecg: &Ecg) -> String {
    let rate = match heart_rate(ecg) {
        Some(rate) => format!("heart rate {rate:.0}/min"),
        None => "heart rate not measurable".to_owned(),
    };
    let (seconds, hertz) = (ecg.duration_seconds(), ecg.sampling_rate());
    let shown = if seconds > SHOWN_S {
        format!("first {SHOWN_S} s of {seconds:.1} s")
    } else {
        format!("{seconds:.1} s")
    };
    format!("{rate}   |   {shown} at {hertz} Hz")
}

/// Mean beats per minute; where leads are missing or flat, of what beats the others show.
fn heart_rate(ecg: &Ecg) -> Option<f64> {
    if let Ok(beat) = median_beat(ecg) {
        return Some(beat.heart_rate_bpm());
    }
    let beats = detect_qrs(ecg).ok()?;
    match beats.as_slice() {
        [first, .., last] if beats.len() >= LEAST_BEATS => {
            let seconds = (last - first) as f64 / ecg.sampling_rate();
            Some(60.0 * (beats.len() - 1) as f64 / seconds)
        }
        _ => None,
    }
}

fn footer(ecg: &Ecg, filters: &str) -> String {
    let mut said = vec![filters];
    if ecg.device_quality_warning() {
        said.push("the recorder noted poor data quality");
    }
    let drawn_by = concat!("drawn by ecg2mri ", env!("CARGO_PKG_VERSION"));
    said.push(drawn_by);
    said.join("   |   ")
}

fn png(sheet: &Sheet) -> Result<Vec<u8>, Failure> {
    let image = sheet.to_image(PIXELS_PER_MM.into());
    let image = image.map_err(Failure::failed)?;
    let software = concat!("ecg2mri ", env!("CARGO_PKG_VERSION"));
    let title = format!("ECG, {}", sheet.scale());
    let texts = [("Title", title.as_str()), ("Software", software)];
    image
        .to_png(&texts, Some(u32::from(PIXELS_PER_MM) * 1000))
        .map_err(Failure::failed)
}

fn told(file: &Path, sheet: &Sheet, header: &str, footer: &str) -> String {
    let [width, height] = sheet.size_mm();
    format!(
        "{}: {width} x {height} mm, {}\n{header}\n{footer}\n",
        file.display(),
        sheet.scale()
    )
}

fn output(name: &str) -> Result<Output, String> {
    let path = PathBuf::from(name);
    let is = |extension: &str| {
        path.extension()
            .is_some_and(|found| found.eq_ignore_ascii_case(extension))
    };
    match (is("png"), is("svg")) {
        (true, _) => Ok(Output::Png(path)),
        (_, true) => Ok(Output::Svg(path)),
        _ => Err("give a name that ends in .png or .svg".into()),
    }
}

/// One of `choices`, chosen by name.
fn chosen<T: Copy + Send + Sync + 'static>(
    choices: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let names: Vec<&str> = choices.iter().copied().map(name).collect();
    PossibleValuesParser::new(names).try_map(move |given| {
        let choice = choices
            .iter()
            .copied()
            .find(|&choice| name(choice) == given);
        choice.ok_or("not one of the choices")
    })
}

fn layout() -> impl TypedValueParser<Value = Layout> {
    chosen(&Layout::ALL, Layout::name)
}

fn speed() -> impl TypedValueParser<Value = Speed> {
    chosen(&Speed::ALL, Speed::name)
}

fn gain() -> impl TypedValueParser<Value = Gain> {
    chosen(&Gain::ALL, Gain::name)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn parsed(line: &str) -> Result<Arguments, clap::Error> {
        let words = std::iter::once("plot").chain(line.split_whitespace());
        Line::try_parse_from(words).map(|line| line.arguments)
    }

    #[test]
    fn choices_are_understood() {
        let usual = parsed("a.hea -o b.PNG").expect("the usual line");
        assert_eq!(usual.output, Output::Png("b.PNG".into()));
        assert_eq!(
            (
                usual.layout,
                usual.rhythm,
                usual.speed,
                usual.gain,
                usual.filter
            ),
            (
                Layout::ThreeByFour,
                None,
                Speed::TwentyFive,
                Gain::Ten,
                false
            )
        );
        let line = "a.hea -o b.svg --layout 12x1 --rhythm avr --speed 50 --gain 5 --filter";
        let other = parsed(line).expect("another line");
        assert_eq!(other.output, Output::Svg("b.svg".into()));
        assert_eq!(
            (
                other.layout,
                other.rhythm,
                other.speed,
                other.gain,
                other.filter
            ),
            (
                Layout::TwelveByOne,
                Some(Lead::AVR),
                Speed::Fifty,
                Gain::Five,
                true
            )
        );
    }

    #[test]
    fn what_cannot_be_chosen_is_refused_with_the_choices() {
        for (line, said) in [
            ("a -o b", ".png or .svg"),
            ("a -o b.pdf", ".png or .svg"),
            ("a -o b.png --layout 2x6", "3x4, 6x2, 12x1"),
            ("a -o b.png --speed 100", "25, 50"),
            ("a -o b.png --gain 1", "5, 10, 20"),
            ("a -o b.png --rhythm V7", "12 standard leads"),
            ("a", "--output"),
        ] {
            let error = parsed(line).expect_err(line).to_string();
            assert!(error.contains(said), "{line}: {error}");
        }
    }
}
