import Kernel
import Postgres
import ServiceTime

extension LinkedService {
  /// What a contract line rests on in a stretch of time, with the outages that touch it. The provider's own tenant is bound too.
  package static func of(
    line: Int64, tenant: TenantId, provider: TenantId, in span: TimeSpan, _ transaction: Transaction
  ) async throws -> [LinkedService] {
    let linked = try await transaction.query(ServicesOfLine(tenant: tenant, line: line))
    guard !linked.isEmpty else { return [] }
    let outages = try await transaction.query(OutagesOfServices(provider: provider, services: Set(linked.map(\.service)).sorted(), span: span))
    let byService = Dictionary(grouping: outages, by: \.service)
    return linked.map { link in
      LinkedService(
        service: link.name, region: link.region, instance: link.instance, isBackup: link.isBackup, weight: link.weight,
        span: TimeSpan(link.validFrom, link.endedAt ?? Instant(microseconds: .max)), outages: byService[link.service]?.map(\.known) ?? [])
    }
  }
}

/// The suppliers' services that a line rests on, whether or not the links hold still.
struct ServicesOfLine: Statement {
  struct Found: Sendable {
    let service: Int64
    let name: String
    let region: String
    let instance: String
    let isBackup: Bool
    let weight: Int64
    let validFrom: Instant
    let endedAt: Instant?
  }

  let tenant: TenantId
  let line: Int64

  static let sql = """
    select k.service_id, v.name, v.region, v.instance, k.role = 'backup', k.weight, k.valid_from, k.ended_at
    from suppliers.line_link k join suppliers.service v on v.id = k.service_id
    where k.tenant_id = $1 and k.contract_line_id = $2 order by k.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      service: try row.next(), name: try row.next(), region: try row.next(), instance: try row.next(), isBackup: try row.next(),
      weight: try row.next(), validFrom: try row.next(), endedAt: try row.next())
  }
}

/// The outages of services that touch a stretch of time, its ends included. Rows of the provider's own tenant.
struct OutagesOfServices: Statement {
  struct Found: Sendable {
    let service: Int64
    let known: LinkedService.KnownOutage
  }

  let provider: TenantId
  let services: [Int64]
  let span: TimeSpan

  static let sql = """
    select service_id, public_id, version, severity, starts_at, ends_at, announced_at from suppliers.outage
    where tenant_id = $1 and not withdrawn and service_id = any($2) and coalesce(ends_at, 'infinity'::timestamptz) >= $3 and starts_at <= $4
    order by service_id, starts_at, id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(services)
    parameters.append(span.start)
    parameters.append(span.end)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let service: Int64 = try row.next()
    let publicId: [UInt8] = try row.next()
    let version: Int64 = try row.next()
    let severity: String = try row.next()
    let outage = Outage(
      from: try row.next(), to: try row.next(), OutageSeverity(rawValue: severity) ?? .partial, announcedAt: try row.next())
    return Found(service: service, known: LinkedService.KnownOutage(publicId: publicId, version: version, outage: outage))
  }
}
