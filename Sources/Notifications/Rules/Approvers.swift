import Approvals
import Kernel
import Operations
import Postgres
import Tenancy

/// Who is asked to agree, of what is to be told: those who can decide it now.
struct Approvers: Sendable {
  private struct Asked: Sendable {
    var staff: [Int64] = []
    var people: [Int64] = []
  }

  private var byCause: [String: Asked] = [:]

  init(_ causes: [Cause], _ telling: Telling, in transaction: Transaction) async throws {
    for cause in causes {
      guard let asked = cause.matter?.asked else { continue }
      var found = Asked()
      for party in try await Self.parties(asked, telling, in: transaction) {
        if party.kind == Actor.Kind.staff.rawValue {
          found.staff.append(party.id)
        } else if let person = party.person {
          found.people.append(person)
        }
      }
      byCause[cause.name] = found
    }
  }

  /// Members of the staff, and persons of the customer, of all causes or of one.
  var staff: [Int64] { byCause.values.flatMap(\.staff) }
  var people: [Int64] { byCause.values.flatMap(\.people) }
  func staff(of cause: Cause) -> [Int64] { byCause[cause.name]?.staff ?? [] }
  func people(of cause: Cause) -> [Int64] { byCause[cause.name]?.people ?? [] }

  private static func parties(_ asked: AskedApproval, _ telling: Telling, in transaction: Transaction) async throws -> [Party] {
    let homes = Set([telling.tenant, telling.provider.id]).sorted()
    let candidates: [Party]
    switch asked.told {
    case .named(let publicId):
      // Somebody else may have been named in his place by now.
      candidates = try await transaction.query(NamedAccounts(homes: homes, publicId: publicId)).filter { party in
        asked.approval.delegate.map { party.isAccount(of: $0) } ?? false
      }
    case .holders:
      candidates = try await holders(asked, of: [asked.role], homes, telling, in: transaction).map(\.party)
    case .again(let roles):
      candidates = try await holders(asked, of: roles, homes, telling, in: transaction).map(\.party)
    case .besides(let role):
      let held = try await holders(asked, of: [asked.role, role], homes, telling, in: transaction)
      // Whom the rule names was told when he was asked.
      let first = held.filter { $0.role == asked.role || asked.person != nil && $0.party.person == asked.person }.map(\.party)
      candidates = held.filter { $0.role == role }.map(\.party).filter { party in !first.contains { $0.isAccount(of: party) } }
    }
    return candidates.filter { party in
      (asked.facts.mayBeOwn || !asked.facts.isOwn(of: party)) && !ApproverRule.hasAgreed(party, among: asked.others)
    }
  }

  private static func holders(
    _ asked: AskedApproval, of roles: [String?], _ homes: [TenantId], _ telling: Telling, in transaction: Transaction
  ) async throws -> [HoldersToTell.Found] {
    var units: [Int64] = []
    if let unit = asked.unit { units = try await transaction.query(UnitsAbove(tenant: telling.tenant, unit: unit)) }
    return try await transaction.query(
      HoldersToTell(
        homes: homes, roles: roles.compactMap { $0 }, permission: asked.permission, tenants: asked.tenants, units: units,
        person: asked.person, requester: asked.requester, now: telling.now))
  }
}
