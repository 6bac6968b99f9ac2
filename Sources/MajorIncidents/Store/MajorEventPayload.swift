/// What the payloads of events of major incidents have in common.
package enum MajorEventPayload {
  /// The member that says whose affair an event is: the row of a customer. Nobody is shown it, and the event nobody who does not serve him.
  package static let customerKey = "customerRow"
}
