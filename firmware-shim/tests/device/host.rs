//! The host at the other end: decodes, and checks at every frame what the device promises.

use ecg2mri_shim::wire::{
    Acknowledgement, Body, Command, Decoder, Event, Frame, Happening, Header, Hello, LossCause,
    MAX_ENCODED_LEN, Occurrence, Samples, SelfTest, State, Status, encode_frame,
};

/// Which conversion the codes of an instant are, under that hello.
pub type Reader = fn(&Hello, &[i32]) -> u64;

/// What the host knows.
#[derive(Debug)]
pub struct Host {
    decoder: Decoder,
    pub reader: Reader,
    /// Between conversions this far apart there was a change.
    pub apart: u64,
    hello: Option<Hello>,
    sequence: u32,
    /// The last instant delivered, and the conversion that it was if it was one of the electrodes.
    last: Option<(u32, Option<u64>)>,
    missing_before: (u32, u32),
    causes: Status,
    pub delivered: u32,
    pub missing_frames: u32,
    pub missing_samples: u32,
    /// By cause, as events said.
    pub lost: [u32; 4],
    pub dropped: u32,
    pub state: Option<State>,
    pub hellos: u32,
    pub occurrences: Vec<Occurrence>,
    pub acknowledgements: Vec<Acknowledgement>,
    pub self_tests: Vec<SelfTest>,
    pub samples: Vec<Samples>,
    pub times: Vec<(u32, u64)>,
}

impl Host {
    pub fn new(reader: Reader, apart: u64) -> Self {
        Self {
            decoder: Decoder::new(),
            reader,
            apart,
            hello: None,
            sequence: 0,
            last: None,
            missing_before: (0, 0),
            causes: Status::NONE,
            delivered: 0,
            missing_frames: 0,
            missing_samples: 0,
            lost: [0; 4],
            dropped: 0,
            state: None,
            hellos: 0,
            occurrences: Vec::new(),
            acknowledgements: Vec::new(),
            self_tests: Vec::new(),
            samples: Vec::new(),
            times: Vec::new(),
        }
    }

    /// The next command's number and bytes.
    pub fn command(&mut self, command: Command) -> (u32, Vec<u8>) {
        let header = Header {
            session: 9,
            sequence: self.sequence,
            timestamp_microseconds: 0,
        };
        let frame = Frame {
            header,
            body: command,
        };
        let mut bytes = [0; MAX_ENCODED_LEN];
        let used = encode_frame(&frame, &mut bytes).expect("a command");
        self.sequence += 1;
        (header.sequence, bytes[..used].to_vec())
    }

    pub fn receive(&mut self, bytes: &[u8]) {
        let events: Vec<Event> = self.decoder.push(bytes).collect();
        for event in events {
            self.take(event);
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Session { first_sequence, .. } => assert_eq!(first_sequence, 0),
            Event::Gap { missing_frames } => {
                self.missing_frames += missing_frames;
                self.missing_before.0 += missing_frames;
            }
            Event::SampleGap { missing_samples } => {
                self.missing_samples += missing_samples;
                self.missing_before.1 += missing_samples;
            }
            Event::Frame(frame) => self.frame(frame),
            other => panic!("the line is sound: {other:?}"),
        }
    }

    fn frame(&mut self, frame: Frame) {
        match frame.body {
            Body::Hello(hello) => {
                self.hellos += 1;
                self.hello = Some(hello);
            }
            Body::Samples(samples) => {
                let time = frame.header.timestamp_microseconds;
                self.times.push((samples.first_sample, time));
                self.check(&samples);
                self.samples.push(samples);
            }
            Body::State(state) => self.state = Some(state),
            Body::Occurrence(occurrence) => {
                match occurrence.what {
                    Happening::Lost { cause, instants } => {
                        self.lost[cause as usize] += instants;
                        self.causes = self.causes.with(cause.status());
                    }
                    Happening::LinkFull { instants } => self.dropped += instants,
                    // Times when it was told not to sample are not counted.
                    Happening::CommandApplied { .. } | Happening::FrontEndReset => {
                        self.last = self.last.map(|(number, _)| (number, None));
                    }
                    _ => {}
                }
                self.occurrences.push(occurrence);
            }
            Body::SelfTest(self_test) => self.self_tests.push(self_test),
            Body::Acknowledgement(acknowledgement) => self.acknowledgements.push(acknowledgement),
            other => panic!("no such frame was sent: {other:?}"),
        }
    }

    /// No sample is wrong, and whatever is missing before these has its cause.
    fn check(&mut self, samples: &Samples) {
        let hello = self.hello.as_ref().expect("a hello comes first");
        assert!(hello.describes(samples), "samples without their hello");
        let (frames, missing) = std::mem::take(&mut self.missing_before);
        let causes = LossCause::ALL
            .into_iter()
            .map(LossCause::status)
            .filter(|&cause| samples.status.contains(cause))
            .fold(Status::NONE, Status::with);
        let told = std::mem::take(&mut self.causes);
        if frames == 0 {
            assert_eq!(missing > 0, causes != Status::NONE, "a gap and its cause");
            assert_eq!(causes, told, "the flags and the events");
        }
        let test = samples.status.contains(Status::TEST_SIGNAL);
        for (number, row) in (samples.first_sample..).zip(samples.block.rows()) {
            let conversion = (!test).then(|| (self.reader)(hello, row));
            if let (Some((earlier, Some(before))), Some(now)) = (self.last, conversion)
                && now.saturating_sub(before) < self.apart
            {
                assert!(now > before, "conversion {now} after {before}");
                let apart = u64::from(number - earlier);
                assert_eq!(apart, now - before, "numbers and conversions at {number}");
            }
            self.last = Some((number, conversion));
            self.delivered += 1;
        }
    }

    /// Every instant was delivered, or is counted with its cause, here and on the device.
    pub fn balance(&self) {
        let state = self.state.expect("a state came");
        let counts = state.counts;
        assert_eq!(
            self.delivered + counts.lost_in_all() + counts.instants_dropped,
            state.next_instant,
            "{counts:?}"
        );
        assert_eq!(
            self.missing_samples,
            counts.lost_in_all() + counts.instants_dropped,
            "{counts:?}"
        );
        assert_eq!(self.missing_frames, counts.frames_dropped, "{counts:?}");
        if counts.events_dropped == 0 {
            assert_eq!(self.lost, counts.lost);
            assert_eq!(self.dropped, counts.instants_dropped);
        }
    }

    /// What became of the command of that number.
    pub fn answer(&self, sequence: u32) -> Option<&Acknowledgement> {
        let mut answers = self.acknowledgements.iter();
        answers.find(|answer| answer.sequence == sequence)
    }
}
