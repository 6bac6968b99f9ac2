import Desk
import Kernel
import Operations
import Postgres
import Tenancy

extension ImportProfile {
  /// Refuses names that stand for an impact, an urgency or a priority that the service desk does not have, before a row is read. One that is retired will do: a
  /// log tells what was.
  func requireListed(by tenancy: Tenancy) async throws(Failure) {
    do {
      let (impacts, urgencies, priorities) = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { transaction in
        try await transaction.query(ListedNumbers(.impact), ListedNumbers(.urgency), ListedNumbers(.priority))
      }
      let violations =
        Self.unlisted(self.impacts, "impacts", .impact, in: impacts) + Self.unlisted(self.urgencies, "urgencies", .urgency, in: urgencies)
        + Self.unlisted(self.priorities, "priorities", .priority, in: priorities)
      guard violations.isEmpty else { throw Failure(.invalid, ImportingMessages.badProfile, violations: violations) }
    } catch {
      throw Failure(error, constraints: [:])
    }
  }

  private static func unlisted(_ names: [String: Int64], _ member: String, _ list: CodeList, in listed: [ListedNumbers.Found]) -> [Failure.Violation] {
    let known = listed.map(\.number)
    return names.filter { !known.contains($0.value) }.sorted { $0.key < $1.key }.map { name, number in
      Failure.Violation(
        path: "\(member).\(name)", CodeMessages.unknown,
        ["key": String(number), "list": list.rawValue, "others": known.map { String($0) }.joined(separator: ", ")])
    }
  }
}
