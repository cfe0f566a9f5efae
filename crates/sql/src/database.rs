//! A connection that is opened when it is needed, and opened again when it was lost.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::address::Address;
use crate::connect;
use crate::failure::Failure;
use crate::schema;
use crate::stream::Budget;

/// A database that is asked one thing after the other.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) address: Arc<Address>,
    /// How long an answer may take.
    pub(crate) patience: Duration,
    runtime: Option<Runtime>,
    client: Option<Client>,
    budget: Budget,
}

impl Database {
    pub(crate) fn new(address: Arc<Address>, patience: Duration) -> Database {
        Database { address, patience, runtime: None, client: None, budget: Budget::new() }
    }

    /// Does some work on the connection, blocking. Where Helm's tables are missing they are made
    /// first, as Helm would. When the connection was lost on the way it is done again, and told
    /// so: the first try may have been all there was to do.
    pub(crate) fn run<T>(
        &mut self,
        mut work: impl AsyncFnMut(&Client, bool) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if self.runtime.is_none() {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            self.runtime = Some(runtime.map_err(|error| Failure::unreachable(&error.to_string()))?);
        }
        let Some(runtime) = &self.runtime else { return Err(Failure::unreachable("no runtime")) };
        let (client, budget) = (&mut self.client, &self.budget);
        let (address, patience) = (&self.address, self.patience);
        runtime.block_on(async {
            let mut tries = 0;
            loop {
                // What comes over a connection is only handled while it is used.
                tokio::task::yield_now().await;
                budget.renew();
                let open = match client.take().filter(|client| !client.is_closed()) {
                    Some(client) => client,
                    None => connect::open(address, budget).await?,
                };
                let mut done = work(&open, tries > 0).await;
                if let Err(failure) = &done
                    && failure.is(&SqlState::UNDEFINED_TABLE)
                {
                    schema::make(&open, patience).await?;
                    done = work(&open, tries > 0).await;
                }
                match done {
                    Err(failure) if failure.lost && tries >= 2 => return Err(failure),
                    Err(failure) if failure.lost => {
                        tries += 1;
                        tokio::time::sleep(Duration::from_millis(250) * tries).await;
                    }
                    done => {
                        *client = Some(open);
                        return done;
                    }
                }
            }
        })
    }
}
