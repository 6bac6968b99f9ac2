/// Where something stands in its life, and what can happen to it there.
package protocol LifeCycle: RawRepresentable, Sendable where RawValue == String {
  associatedtype Event: CaseIterable & RawRepresentable where Event.RawValue == String
  /// Nil: it cannot happen in this state.
  func after(_ event: Event) -> Self?
}

extension LifeCycle {
  /// What can happen in this state, as a refusal lists it.
  package var allowed: String { Event.allCases.filter { after($0) != nil }.map(\.rawValue).asAllowed }

  /// The state after an event; refuses one that cannot happen.
  /// - Parameter argument: what the message calls the event.
  package func next(_ event: Event, orRefuse message: Message, named argument: String = "event") throws(Failure) -> Self {
    guard let next = after(event) else {
      throw Failure(.conflict, message, ["state": rawValue, argument: event.rawValue, "allowed": allowed])
    }
    return next
  }
}
