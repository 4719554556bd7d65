use crate::{board, ecg};
use ecg2mri_shim::acquisition::{self, ApplyError, ReadError, Reading, Settings};
pub struct FrontEnd {
    instant: u64,
}
impl FrontEnd {
    pub fn new() -> Self {
        Self { instant: 0 }
    }
}
impl acquisition::FrontEnd for FrontEnd {
    fn read(&mut self) -> Result<Reading, ReadError> {
        let mut r = Reading::default();
        for (c, code) in r.codes.iter_mut().enumerate() {
            *code = (ecg::microvolts(c, self.instant) / 0.047683722) as i32;
        }
        self.instant += 1;
        Ok(r)
    }
    fn apply(&mut self, _settings: &Settings) -> Result<u16, ApplyError> {
        Ok(0)
    }
}
pub fn start(s: &mut cortex_m::peripheral::SYST) {
    s.set_clock_source(cortex_m::peripheral::syst::SystClkSource::Core);
    s.set_reload(board::CLOCK / ecg::SAMPLES_PER_SECOND - 1);
    s.clear_current();
    s.enable_interrupt();
    s.enable_counter();
}
