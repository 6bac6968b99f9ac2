import Kernel
import Operations
import Tenancy

/// Queues and what is saved of them, for generated calls.
extension World {
  func queueFilter(of principal: Principal) async throws -> Value {
    let criteria = Value.object(["priority": 2])
    return try await made("queue_filter.save", [.init("name", .text("Filter \(next())")), .init("criteria", criteria)], by: principal)
  }
}

extension CallRule {
  static let queueCalls: [String: CallRule] = [
    "incident.queue": CallRule(omitted: ["mine", "myTeams", "unassigned", "filter", "attribute", "affectedService"]),
    "incident.count": CallRule(omitted: ["mine", "myTeams", "unassigned", "filter", "attribute", "affectedService"]),
    "work.queue": CallRule(omitted: ["filter", "attribute"]),
    "work.count": CallRule(omitted: ["filter", "attribute"]),
    // Beside a CI there is no second thing to narrow to; and the queue of incidents has neither processes nor what is overdue.
    "queue_filter.save": CallRule(omitted: ["attribute", "affectedService", "processes", "overdue"]),
    // Everybody's filters are his own.
    "queue_filter.delete": CallRule(given: { world, _, principal in (["id": try await world.queueFilter(of: principal)["id"] ?? .null], nil) }),
  ]
}
