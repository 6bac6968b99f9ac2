import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Attachments

/// With hundreds of thousands of attachments, one, those of a ticket, a content and what is to be removed are found by index.
@Suite struct PlanTests {
  @Test func nothingIsFoundByLookingThroughAll() async throws {
    let world = try await AttachmentsWorld()
    let made = try await world.attach("one", to: try await world.incident())
    // Tickets that are not there do for how a statement is run.
    try await world.database.runAsSuperuser(
      """
      set session_replication_role = replica;
      insert into attachments.attachment (
        tenant_id, public_id, ticket_id, visibility, name, type, size_bytes, sha256, state, actor_kind, actor_id, actor_name, recorded_at, deleted_at,
        deletion_reason, deleter_kind, deleter_id, deleter_name, removed_at)
      select a.tenant_id, substr(sha256(i::text::bytea), 1, 12), i / 5, 'public', a.name, a.type, 1000, sha256((i / 2)::text::bytea), s.state, a.actor_kind,
        a.actor_id, a.actor_name, a.recorded_at + i * interval '1 second', d.at, d.word, d.word, d.id, d.word, case s.state when 'removed' then d.at end
      from attachments.attachment a cross join generate_series(1, 200000) i
      cross join lateral (select case when i % 20 = 0 then 'removed' when i % 500 = 1 then 'deleted' else 'stored' end as state) s
      left join lateral (select a.recorded_at + i * interval '1 minute' as at, 'x' as word, 1 as id) d on s.state <> 'stored';
      reset session_replication_role;
      analyze
      """)
    let (tenant, now) = (world.acme.id, world.database.clock.now())
    let publicId = try #require(made["id"]?.text.flatMap { PublicId($0) })
    let digests = (0..<20).map { number in [UInt8](repeating: UInt8(number), count: 32) }
    let plans = try await world.database.tenancy.transaction(binding: [tenant], side: .staff) { transaction in
      try await [
        "one": transaction.query(
          Plan(statement: AttachmentByPublicId(tenant: tenant, publicId: publicId, includesInternal: false))),
        "of a ticket": transaction.query(
          Plan(statement: Self.files(of: .incident, tenant))),
        "of a change": transaction.query(Plan(statement: Self.files(of: .change, tenant))),
        "of a release": transaction.query(Plan(statement: Self.files(of: .release, tenant))),
        "of a major incident": transaction.query(Plan(statement: Self.files(of: .majorIncident, tenant))),
        "known": transaction.query(Plan(statement: KnownContents(tenant: tenant, digests: digests))),
        "content": transaction.query(Plan(statement: ContentToRemove(tenant: tenant, id: 7, before: now))),
        "deleted": transaction.query(Plan(statement: MarkDeleted(tenant: tenant, id: 7, reason: "x", principal: world.engineer, now: now))),
        "removed": transaction.query(Plan(statement: MarkRemoved(tenant: tenant, id: 7, now: now))),
      ]
    }
    // What the finder asks, as it asks it.
    let asked = try await world.database.superuser.withConnection { connection in
      [try await connection.query(DeletedOnes()), try await connection.query(NewestOne())]
    }
    for plan in Array(plans.values) + asked {
      #expect(!plan.contains { $0.contains("Seq Scan on attachment") }, "\(plan.joined(separator: "\n"))")
    }
    #expect(!asked[0].contains { $0.contains("Sort") }, "\(asked[0].joined(separator: "\n"))")
    let ofKinds = [
      ("of a ticket", "attachment_ticket"), ("of a change", "attachment_change"), ("of a release", "attachment_release"),
      ("of a major incident", "attachment_major"),
    ]
    for (name, index) in ofKinds {
      let plan = plans[name] ?? []
      #expect(!plan.contains { $0.contains("Sort") } && plan.contains { $0.contains(" \(index) ") }, "\(name): \(plan.joined(separator: "\n"))")
    }
    #expect(plans["known"]?.contains { $0.contains("attachment_content") } == true, "\(plans["known"] ?? [])")
  }
}

extension PlanTests {
  private static func files(of kind: SubjectKind, _ tenant: TenantId) -> AttachmentsOfSubject {
    AttachmentsOfSubject(
      tenant: tenant, subject: AttachmentSubject(kind: kind, id: 7), includesInternal: true, includesDeleted: false, after: 0, limit: 51)
  }
}

/// How the planner would run a statement.
private struct Plan<S: Statement>: Statement {
  let statement: S

  static var sql: String { "explain \(S.sql)" }
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct DeletedOnes: Statement {
  static let sql = """
    explain select a.tenant_id, a.id from attachments.attachment a
    where a.state = 'deleted' and (a.tenant_id, a.id) > (1, 700) and a.deleted_at < '2026-03-02T08:00:00Z'
    order by a.tenant_id, a.id limit 200
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct NewestOne: Statement {
  static let sql = """
    explain select max(n.recorded_at) from tenancy.tenant t cross join lateral (
      select a.recorded_at from attachments.attachment a where a.tenant_id = t.id order by a.id desc limit 1) n
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
