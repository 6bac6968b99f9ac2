import Contracts
import Kernel
import ServiceTime

/// What the file names of the catalogue. The operations that carry the plan out would refuse the same, half-way.
extension ContractPlanner {
  /// Refuses what a line cannot sell from its first day on. What it sells already it may go on to sell.
  mutating func refuseUnsold(_ line: FileLine, at place: String) {
    let found = recorded.lines.first { $0["name"]?.text == line.name }
    let day = firstDay(isNew: found == nil)
    if let code = line.service {
      let service = recorded.services[code]
      refuseUnsold(code, service, of: service, on: day, held: found?["service"], at: "\(place).service")
    }
    if let code = line.offering {
      let offering = recorded.offerings[code]
      let service = offering?["serviceCode"]?.text.flatMap { recorded.services[$0] }
      refuseUnsold(code, offering, of: service, on: day, held: found?["offering"], at: "\(place).offering")
    }
  }

  private mutating func refuseUnsold(_ code: String, _ sold: Value?, of service: Value?, on day: CalendarDate?, held: Value?, at place: String) {
    guard let sold, let service, Self.isFor(recorded.customer?["id"], service) else { return refuse(place, ContractFileMessages.notInCatalogue) }
    let isUnpublished = sold["serviceCode"] != nil && sold["state"] != "published"
    guard held != sold["id"], isUnpublished || !Self.isOffered(service, on: day) else { return }
    refuse(place, ContractsMessages.notSellable, ["code": code])
  }

  /// Whether targets for a customer's tickets may name the service; nil: targets of an SLA for all customers.
  static func isFor(_ customer: Value?, _ service: Value) -> Bool {
    guard let only = service["onlyFor"], !only.isNull else { return true }
    return only == customer
  }

  private static func isOffered(_ service: Value, on day: CalendarDate?) -> Bool {
    func begin(of stage: String) -> CalendarDate? { service["stages"]?[stage]?.text.flatMap { CalendarDate($0) } }
    guard let day else { return true }
    return begin(of: "operation").map { $0 <= day } ?? false && begin(of: "retirement").map { $0 > day } ?? true
  }

  /// The day, where the provider is, from which on a line counts.
  private func firstDay(isNew: Bool) -> CalendarDate? {
    guard let contract = file.contract, let zone else { return nil }
    let isDraft = recorded.contract == nil || recorded.contract?["state"] == "draft"
    let start = zone.start(of: contract.starts)
    let from = isNew && isDraft ? start : validFrom ?? now
    return recorded.providerZone?.date(at: max(start, from, now))
  }
}
