//! How long the parser may take, in processor time: a busy machine reads what an idle one reads.
//!
//! A pure crate reads no clock, and this file is the exception. What it reads decides one thing: whether a parser that
//! does not end is left alone. The time is that of the whole process, because no thread can ask for another's; while the
//! program reads its file nothing else runs in it.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// How long the parser may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// The least that is waited for at once.
const SHORTEST: Duration = Duration::from_millis(10);

/// What the parser's thread sends; an error when it ended without, or took too long.
pub(crate) fn wait<T>(receiver: &Receiver<T>) -> Result<T, RecvTimeoutError> {
    let start = processor_time();
    let mut left = PATIENCE;
    loop {
        // The thread can use no more processor time than passes, so it has its due when the wait ends early enough.
        match receiver.recv_timeout(left.max(SHORTEST)) {
            Err(RecvTimeoutError::Timeout) => left = PATIENCE.saturating_sub(processor_time().saturating_sub(start)),
            answer => return answer,
        }
        if left.is_zero() {
            return Err(RecvTimeoutError::Timeout);
        }
    }
}

/// What this process has used since it began.
fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::sync_channel;
    use std::thread;

    use super::*;

    #[test]
    fn an_answer_is_waited_for_and_handed_on() {
        let (sender, receiver) = sync_channel(1);
        let worker = thread::spawn(move || sender.send(7));
        assert_eq!(wait(&receiver), Ok(7));
        assert!(worker.join().is_ok_and(|sent| sent.is_ok()));
    }

    #[test]
    fn a_thread_that_ended_without_an_answer_is_not_waited_for() {
        let (sender, receiver) = sync_channel::<()>(1);
        drop(sender);
        assert_eq!(wait(&receiver), Err(RecvTimeoutError::Disconnected));
    }

    #[test]
    fn a_thread_that_works_without_end_is_given_up() {
        let (sender, receiver) = sync_channel::<u64>(1);
        let start = processor_time();
        let given_up = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&given_up);
        let worker = thread::spawn(move || {
            while !seen.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
            drop(sender);
        });
        assert_eq!(wait(&receiver), Err(RecvTimeoutError::Timeout));
        assert!(processor_time() - start >= PATIENCE);
        given_up.store(true, Ordering::Relaxed);
        assert!(worker.join().is_ok());
    }
}
