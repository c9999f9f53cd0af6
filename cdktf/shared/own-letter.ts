/**
 * What core/run writes when it gives up an event, which then lies with the dead letters of the database: no queue of the
 * platform tells of it, so an alarm listens for these words.
 */
export const OWN_LETTER = 'became a dead letter'
