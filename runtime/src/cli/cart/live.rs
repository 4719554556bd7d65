//! The loop: from the link to screen, disk and pictures.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ecg2mri::cart::monitor::PICTURE_SECONDS;
use ecg2mri::cart::recording::Recorder;
use ecg2mri::cart::source::Address;
use ecg2mri::cart::{Commands, Link, Monitor, Overdue, Piece, Pump, Session, Update};
use ecg2mri::{Pipeline, interrupt};

use super::super::{cores, failure::Failure, generate};
use super::Arguments;
use super::message::Message;
use super::output::Output;
use super::pictures::Pictures;
use super::requests::{Request, Requests};
use super::schedule::Schedule;

/// How long the loop waits for bytes before it looks at everything else.
const PATIENCE: Duration = Duration::from_millis(100);
/// Seconds without samples after which that is told.
const SILENCE: f64 = 3.0;
/// The longest that a picture may take when a replay waits for it.
const LONGEST_PICTURE: Duration = Duration::from_secs(600);

/// Hears a device until the end that was asked for.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let stop = interrupt::requested().map_err(Failure::failed)?;
    let address = arguments.address();
    let address = address.ok_or_else(|| Failure::failed("give --port, --tcp or --replay"))?;
    let mut live = Live::new(arguments, &address)?;
    let requests = Requests::listen().map_err(Failure::failed)?;
    let link = match arguments.wait {
        true => Link::awaiting(&address),
        false => Link::open(&address).map_err(Failure::failed)?,
    };
    let pump = Pump::start(link);
    let heard = live.hear(&pump, &requests, &stop);
    let ended = live.end();
    heard.and(ended)?;
    match stop.load(Ordering::Relaxed) || live.has_quit {
        true => Ok(()),
        false => live.verdict(&address),
    }
}

/// What there is while a device is heard.
struct Live<'a> {
    arguments: &'a Arguments,
    output: Output,
    /// Whether time is this machine's; else it is that of the samples.
    keeps_time: bool,
    begin: Instant,
    session: Session,
    monitor: Monitor,
    commands: Commands,
    recorder: Option<Recorder>,
    capture: Option<(PathBuf, File)>,
    pictures: Option<Pictures>,
    schedule: Schedule,
    /// Seconds of samples since the begin, those missing included.
    signal_seconds: f64,
    /// Samples that are missing and not yet told of, and why.
    missing: Option<(u64, String)>,
    /// When samples last came.
    last_samples: f64,
    /// When the status is next told.
    next_status: f64,
    pictures_made: u32,
    /// Why the last picture was not made.
    last_reason: Option<String>,
    has_quit: bool,
    has_recording_failed: bool,
}

impl<'a> Live<'a> {
    fn new(arguments: &'a Arguments, address: &Address) -> Result<Self, Failure> {
        let recorder = arguments.record.as_deref().map(Recorder::start);
        let capture = arguments.capture.clone().map(|path| {
            let failed =
                |error| Failure::failed(format!("{}: cannot be written: {error}", path.display()));
            File::create(&path).map_err(failed).map(|file| (path, file))
        });
        let mut live = Self {
            arguments,
            output: Output::new(arguments.json),
            keeps_time: address.keeps_time(),
            begin: Instant::now(),
            session: Session::new(),
            monitor: Monitor::new(PICTURE_SECONDS),
            commands: Commands::new(),
            recorder: recorder.transpose().map_err(Failure::failed)?,
            capture: capture.transpose()?,
            pictures: None,
            schedule: Schedule::new(arguments.generate_every),
            signal_seconds: 0.0,
            missing: None,
            last_samples: 0.0,
            next_status: 1.0,
            pictures_made: 0,
            last_reason: None,
            has_quit: false,
            has_recording_failed: false,
        };
        // A model that is surely wanted and missing is better missed at once.
        if arguments.generate_every.is_some() || arguments.model.is_some() {
            live.pictures()?;
        }
        Ok(live)
    }

    /// The thread that makes pictures; the model is loaded when the first is asked for.
    fn pictures(&mut self) -> Result<&mut Pictures, Failure> {
        let pictures = match self.pictures.take() {
            Some(pictures) => pictures,
            None => {
                let trust = self.arguments.trust.trust()?;
                let model = generate::load(self.arguments.model.as_deref(), &trust)?;
                let pipeline = Pipeline::new(model).with_threads(cores());
                Pictures::start(pipeline, &self.arguments.output)?
            }
        };
        Ok(self.pictures.insert(pictures))
    }

    fn hear(&mut self, pump: &Pump, requests: &Requests, stop: &AtomicBool) -> Result<(), Failure> {
        if !self.arguments.wait {
            // It is open already.
            pump.send(self.commands.ask_who_is_there(self.begin.elapsed()));
        }
        while !stop.load(Ordering::Relaxed) && !self.is_over() {
            match pump.next(PATIENCE) {
                Some(Piece::Bytes(bytes, arrived)) => self.bytes(&bytes, arrived)?,
                Some(Piece::Opened) => {
                    pump.send(self.commands.ask_who_is_there(self.begin.elapsed()));
                    self.link("opened", None)?;
                }
                Some(Piece::Lost(reason)) => {
                    self.session.link_lost();
                    self.link("lost", Some(reason))?;
                }
                Some(Piece::Away(reason)) => self.link("away", Some(reason))?,
                Some(Piece::Ended) => break,
                None => {}
            }
            while let Some(request) = requests.next() {
                self.request(request, pump)?;
            }
            for overdue in self.commands.overdue(self.begin.elapsed()) {
                match overdue {
                    Overdue::Again(bytes) => pump.send(bytes),
                    Overdue::GivenUp(command) => self.tell(&Message::command(&command, None))?,
                }
            }
            self.pictures_due()?;
            self.picture_made(Duration::ZERO)?;
            self.status()?;
        }
        self.picture_made(LONGEST_PICTURE)
    }

    /// Seconds since the begin.
    fn now(&self) -> f64 {
        match self.keeps_time {
            true => self.begin.elapsed().as_secs_f64(),
            false => self.signal_seconds,
        }
    }

    /// Whether what was asked for is done.
    fn is_over(&self) -> bool {
        let duration = self.arguments.duration;
        self.has_quit
            || duration.is_some_and(|duration| self.now() >= duration.as_secs_f64())
            || self.has_all_pictures()
    }

    fn has_all_pictures(&self) -> bool {
        let wanted = self.arguments.pictures;
        wanted.is_some_and(|wanted| self.pictures_made >= wanted)
    }

    fn bytes(&mut self, bytes: &[u8], arrived: Instant) -> Result<(), Failure> {
        if let Some((path, file)) = &mut self.capture {
            let written = file.write_all(bytes);
            let path = path.display();
            written
                .map_err(|error| Failure::failed(format!("{path}: cannot be written: {error}")))?;
        }
        let mut updates = Vec::new();
        self.session.push(bytes, |update| updates.push(update));
        let arrived = self
            .keeps_time
            .then(|| arrived.saturating_duration_since(self.begin));
        for update in updates {
            self.monitor.take(&update, arrived);
            self.record(&update)?;
            self.note(&update)?;
        }
        Ok(())
    }

    fn record(&mut self, update: &Update) -> Result<(), Failure> {
        let Some(recorder) = &mut self.recorder else {
            return Ok(());
        };
        let Err(error) = recorder.take(update) else {
            return Ok(());
        };
        // The patient is still to be watched.
        self.has_recording_failed = true;
        self.recorder = None;
        let reason = error.to_string();
        self.tell(&Message::RecordingStopped { reason })
    }

    fn note(&mut self, update: &Update) -> Result<(), Failure> {
        match update {
            Update::Layout(layout) => self.tell(&Message::device(layout)),
            Update::Gap(gap) => {
                self.advance(gap.length);
                // On a bad link there are many in a second, which are told together.
                let cause = gap.causes.to_string();
                self.missing = Some(match self.missing.take() {
                    Some((before, other)) if other != cause => {
                        (before + gap.length, "several causes".into())
                    }
                    Some((before, _)) => (before + gap.length, cause),
                    None => (gap.length, cause),
                });
                Ok(())
            }
            Update::Samples(block) => {
                self.advance(block.len() as u64);
                self.last_samples = self.now();
                Ok(())
            }
            Update::Occurrence(occurrence) => {
                Message::happened(occurrence).map_or(Ok(()), |message| self.tell(&message))
            }
            Update::SelfTest(test) => self.tell(&Message::self_test(test)),
            Update::Acknowledgement(answer) => match self.commands.answered(answer) {
                Some((command, outcome)) => self.tell(&Message::command(&command, Some(outcome))),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn advance(&mut self, instants: u64) {
        let rate = self.monitor.layout().map(|layout| layout.sampling_rate());
        self.signal_seconds += rate.map_or(0.0, |rate| instants as f64 / rate);
    }

    fn request(&mut self, request: Result<Request, String>, pump: &Pump) -> Result<(), Failure> {
        match request {
            Ok(Request::Generate) => self.generate(true),
            Ok(Request::Device(command)) => {
                pump.send(self.commands.send(command, self.begin.elapsed()));
                Ok(())
            }
            Ok(Request::Quit) => {
                self.has_quit = true;
                Ok(())
            }
            Err(reason) => self.tell(&Message::NotUnderstood { reason }),
        }
    }

    fn pictures_due(&mut self) -> Result<(), Failure> {
        // Before that there cannot be enough, which is no news.
        let is_possible = self.signal_seconds >= PICTURE_SECONDS;
        match is_possible && self.schedule.is_due(self.signal_seconds) {
            true => self.generate(false),
            false => Ok(()),
        }
    }

    /// Begins a picture, or says why not; at once if it was asked for, else not every time.
    fn generate(&mut self, was_asked_for: bool) -> Result<(), Failure> {
        let seconds = self.signal_seconds;
        let is_busy = self.pictures.as_ref().is_some_and(Pictures::is_busy);
        let ready = match is_busy {
            true => Err("the one before is still being made".to_owned()),
            false => self.monitor.ready().map_err(|reason| reason.to_string()),
        };
        match ready {
            Ok(ecg) => {
                self.schedule.begun(seconds);
                self.pictures()?.begin(ecg);
                // Time is the samples' own in a fast replay, and stands still meanwhile.
                match self.keeps_time {
                    true => Ok(()),
                    false => self.picture_made(LONGEST_PICTURE),
                }
            }
            Err(reason) => {
                let is_told = self.schedule.put_off(seconds, &reason) || was_asked_for;
                self.last_reason = Some(reason.clone());
                let refused = false;
                match is_told {
                    true => self.tell(&Message::NoPicture { reason, refused }),
                    false => Ok(()),
                }
            }
        }
    }

    fn picture_made(&mut self, patience: Duration) -> Result<(), Failure> {
        let pictures = self.pictures.as_mut();
        let Some(result) = pictures.and_then(|pictures| pictures.result(patience)) else {
            return Ok(());
        };
        let message = result?;
        match &message {
            Message::Picture { .. } => self.pictures_made += 1,
            Message::NoPicture { reason, .. } => self.last_reason = Some(reason.clone()),
            _ => {}
        }
        self.tell(&message)
    }

    fn status(&mut self) -> Result<(), Failure> {
        let now = self.now();
        if now < self.next_status {
            return Ok(());
        }
        // Once, however many seconds have passed.
        self.next_status = now.floor() + 1.0;
        self.tell_missing()?;
        let seconds = now - self.last_samples;
        match seconds > SILENCE {
            true => self.tell(&Message::Silence { seconds }),
            false => self.tell(&Message::Status(self.monitor.status())),
        }
    }

    fn tell_missing(&mut self) -> Result<(), Failure> {
        let missing = self.missing.take();
        missing.map_or(Ok(()), |(samples, cause)| {
            self.tell(&Message::Missing { samples, cause })
        })
    }

    fn link(&mut self, state: &'static str, reason: Option<String>) -> Result<(), Failure> {
        self.tell(&Message::Link { state, reason })
    }

    fn tell(&self, message: &Message) -> Result<(), Failure> {
        self.output.tell(message)
    }

    /// Ends recording and capture, and tells what came of it all.
    fn end(&mut self) -> Result<(), Failure> {
        let recorder = self.recorder.take();
        let recorded = recorder.map_or(Ok(()), Recorder::finish);
        let captured = self.capture.take().map_or(Ok(()), |(path, file)| {
            let path = path.display().to_string();
            file.sync_all()
                .map_err(|error| Failure::failed(format!("{path}: cannot be written: {error}")))
        });
        self.tell_missing()?;
        self.tell(&Message::End {
            ledger: self.session.ledger().clone(),
            pictures: self.pictures_made,
        })?;
        captured.and(recorded.map_err(Failure::failed))
    }

    /// Whether it ended as was asked.
    fn verdict(&self, address: &Address) -> Result<(), Failure> {
        if self.has_recording_failed {
            return Err(Failure::failed("the recording stopped before its end"));
        }
        if self.monitor.layout().is_none() {
            return Err(Failure::failed(format!("{address}: no device said hello")));
        }
        if self.arguments.pictures.is_some() && !self.has_all_pictures() {
            let reason = self.last_reason.as_deref();
            let reason = reason.unwrap_or("none was asked for; give --generate-every");
            return Err(Failure::refused_because(&format!(
                "too few pictures: {reason}"
            )));
        }
        Ok(())
    }
}
