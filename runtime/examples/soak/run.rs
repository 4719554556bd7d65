//! A plan gone through, with every sample looked at.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ecg2mri::cart::{Block, Estimate, Gap, Ledger, Link, LinkEvent, Monitor, Session, Update};

use super::plan::Plan;
use super::world::{Plug, Random, Sent, World, code, locked};

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// What the session counted.
    pub ledger: Ledger,
    /// What the device did.
    pub sent: Sent,
    /// Samples of a channel that were not what was sent.
    pub wrong_samples: u64,
    /// Blocks and gaps that did not follow the one before without overlap or hole.
    pub breaks: u64,
    /// Sampling instants sent before the device lost its power and after the last that arrived of that session: nobody
    /// can know of them.
    pub lost_at_power_cuts: u64,
    /// Sampling instants sent before the first frame that arrived at all: nobody can know of them either.
    pub before_joining: u64,
    /// By how many millionths the device's clock was found to be fast.
    pub drift_ppm: Option<Estimate>,
}

impl Outcome {
    /// Sampling instants sent.
    pub fn instants_sent(&self) -> u64 {
        self.sent
            .instants
            .iter()
            .map(|(_, instants)| instants)
            .sum()
    }

    /// Whether no sample was wrong and every one that was sent is delivered or counted.
    pub fn is_clean(&self) -> bool {
        self.wrong_samples == 0
            && self.breaks == 0
            && self.instants_accounted() == self.instants_sent()
    }

    /// Sampling instants delivered, missing, and beyond anybody's knowledge.
    pub fn instants_accounted(&self) -> u64 {
        self.ledger.samples_accounted() + self.lost_at_power_cuts + self.before_joining
    }
}

/// Follows what is handed on, and compares it with what was sent.
#[derive(Debug, Default)]
struct Check {
    session: u16,
    /// For each session up to which instant it is accounted for.
    ends: Vec<(u16, u64)>,
    wrong_samples: u64,
    breaks: u64,
    before_joining: u64,
}

impl Check {
    fn take(&mut self, update: &Update) {
        match update {
            Update::Session { session } => {
                self.session = *session;
                self.ends.push((*session, 0));
            }
            Update::Gap(Gap {
                position, length, ..
            }) => self.span(*position, *length),
            Update::Samples(block) => {
                self.span(block.position, block.len() as u64);
                self.samples(block);
            }
            _ => {}
        }
    }

    fn span(&mut self, position: u64, length: u64) {
        let is_first = self.ends.len() == 1;
        if let Some((_, end)) = self.ends.last_mut() {
            // Only the first session may be joined after its beginning.
            if is_first && *end == 0 {
                self.before_joining = position;
                *end = position;
            }
            self.breaks += u64::from(*end != position);
            *end = position + length;
        }
    }

    fn samples(&mut self, block: &Block) {
        for (position, row) in (block.position..).zip(block.codes().rows()) {
            for (channel, &found) in row.iter().enumerate() {
                self.wrong_samples += u64::from(found != code(self.session, position, channel));
            }
        }
    }

    /// Instants sent after the last that is accounted for, session by session.
    fn lost_at_power_cuts(&self, sent: &Sent) -> u64 {
        let end_of = |session: u16| {
            let mut ends = self.ends.iter().filter(|(own, _)| *own == session);
            ends.next_back().map_or(0, |(_, end)| *end)
        };
        let sent = sent.instants.iter();
        sent.map(|(session, instants)| instants - end_of(*session).min(*instants))
            .sum()
    }
}

/// Goes through `plan`; `observe` is told the simulated seconds each hour.
pub fn run(plan: &Plan, mut observe: impl FnMut(f64, &Ledger)) -> Outcome {
    let world = Arc::new(Mutex::new(World::new(plan)));
    let (mut session, mut monitor, mut check) =
        (Session::new(), Monitor::new(10.0), Check::default());
    let mut jitter = Random(plan.seed ^ 0xFF);
    let mut take = |session: &mut Session, bytes: &[u8], seconds: f64| {
        // Bytes wait in buffers for up to 16 ms.
        let arrived = Duration::from_secs_f64(seconds + 0.016 * jitter.uniform());
        session.push(bytes, |update| {
            check.take(&update);
            monitor.take(&update, Some(arrived));
        });
    };
    let plugged = world.clone();
    let mut link = Link::with(Box::new(move || Ok(Box::new(Plug(plugged.clone())))), true);
    let mut buffer = vec![0; 4096];
    let mut next_hour = 3600.0;
    loop {
        let event = link.next(&mut buffer, Duration::from_millis(200));
        let seconds = locked(&world).seconds();
        match event {
            LinkEvent::Bytes(count) => take(&mut session, &buffer[..count], seconds),
            LinkEvent::Lost(_) => session.link_lost(),
            _ if seconds >= plan.seconds => break,
            _ => {}
        }
        if seconds >= next_hour {
            next_hour += 3600.0;
            observe(seconds, session.ledger());
        }
    }
    let last = locked(&world).finish();
    take(&mut session, &last, plan.seconds);
    let sent = locked(&world).sent().clone();
    Outcome {
        ledger: session.ledger().clone(),
        wrong_samples: check.wrong_samples,
        breaks: check.breaks,
        lost_at_power_cuts: check.lost_at_power_cuts(&sent),
        before_joining: check.before_joining,
        drift_ppm: monitor.clock().drift_ppm(),
        sent,
    }
}
