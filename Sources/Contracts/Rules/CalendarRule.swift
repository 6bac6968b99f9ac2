import Kernel
import ServiceTime

/// What a calendar must be before it is stored.
enum CalendarRule {
  /// The definition that a request describes: its own, or a stock shape in a zone. It is tried out: a calendar that is
  /// never open after `now` is refused.
  static func definition(_ document: Value?, stock: StockCalendar?, zone: String?, now: Instant) throws(Failure) -> CalendarDefinition {
    let definition: CalendarDefinition
    switch (document, stock, zone) {
    case (let document?, nil, nil):
      do throws(Failure) {
        definition = try CalendarDefinition(document)
      } catch {
        throw error.under("definition")
      }
    case (nil, let stock?, let zone?): definition = try stock.definition(zone: zone)
    default: throw .invalid(document == nil ? "stock" : "definition", ContractsMessages.definitionOrStock)
    }
    try requireOpening(definition, after: now, document == nil ? "stock" : "definition")
    return definition
  }

  /// Holiday sets need no such trial: they close some dates, and a week that opens at all comes again.
  static func requireOpening(_ definition: CalendarDefinition, after start: Instant, _ path: String) throws(Failure) {
    guard CompiledCalendar(definition).nextOpening(at: start) != nil else { throw .invalid(path, ContractsMessages.neverOpen) }
  }

  /// Versions are only added behind the newest one: what was in force before never changes.
  /// - Parameter withdrawal: the operation that takes the newest version back, where that has not begun.
  static func requireLater(_ validFrom: Instant, than newest: Instant, now: Instant, _ withdrawal: String) throws(Failure) {
    guard validFrom <= newest else { return }
    guard newest > now else { throw .invalid("validFrom", ContractsMessages.notLater, ["newest": newest.description]) }
    throw .invalid("validFrom", ContractsMessages.notLaterThanPlanned, ["newest": newest.description, "operation": withdrawal])
  }

  /// A version that holds, or has held, is history: only one that has not begun can be withdrawn.
  static func requireNotBegun(_ validFrom: Instant, now: Instant) throws(Failure) {
    guard validFrom > now else { throw Failure(.conflict, ContractsMessages.alreadyHolds, ["since": validFrom.description]) }
  }
}

extension Failure {
  /// The same failure of a part, with the paths as the whole has them.
  func under(_ path: String) -> Failure {
    let moved = violations.map { Violation(path: $0.path.isEmpty ? path : "\(path).\($0.path)", $0.message, $0.arguments) }
    return Failure(kind, message, arguments, violations: moved, retryAfterSeconds: retryAfterSeconds, debug: debug)
  }
}

extension Instant {
  /// From when the first version of a thing holds: there was none before it.
  static let beginning = Instant(seconds: 0)
}
