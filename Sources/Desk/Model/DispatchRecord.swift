import Kernel
import Operations
import ServiceLevels
import Suppliers

/// A dispatch as the API shows it. Staff only: a customer's people see no supplier.
package struct DispatchRecord: OperationOutput {
  let id: PublicId
  let incident: PublicId
  let supplier: PublicId
  let contract: PublicId
  let service: PublicId?
  let dispatch: SupplierTurn

  init(_ dispatch: SupplierTurn, in context: OperationContext) {
    id = context.id(.dispatch, dispatch.publicId)
    incident = context.id(.incident, dispatch.ticket.publicId)
    supplier = context.id(.supplier, dispatch.agreement.supplier.publicId)
    contract = context.id(.underpinningContract, dispatch.agreement.contract.publicId)
    service = dispatch.service.map { context.id(.supplierService, $0.publicId) }
    self.dispatch = dispatch
  }

  package static let fields: [OutputField<DispatchRecord>] = [
    OutputField("id", .id, "The dispatch.", "派单编号。") { .id($0.id) },
    OutputField("incident", .id, "The incident.", "事件工单。") { .id($0.incident) },
    OutputField("supplier", .id, "The supplier.", "供应商。") { .id($0.supplier) },
    OutputField("supplierCode", .text, "The supplier's code.", "供应商代码。") { .text($0.dispatch.agreement.supplierCode) },
    OutputField("supplierName", .text, "The supplier's name.", "供应商名称。") { .text($0.dispatch.agreement.supplierName) },
    OutputField("underpinningContract", .id, "The contract that it is judged by.", "据以考核的支撑合同。") { .id($0.contract) },
    OutputField("contractReference", .text, "The contract's number.", "支撑合同号。") { .text($0.dispatch.agreement.reference) },
    OutputField("contractFrom", .instant, "Since when the contract's version was in force.", "合同版本的生效时间。") { .instant($0.dispatch.agreement.validFrom) },
    OutputField("service", .id, "The service that it is about; null: any.", "涉及的服务；null 表示不限。") { .id($0.service) },
    OutputField("serviceName", .text, "The service's name.", "服务名称。") { .text($0.dispatch.serviceName) },
    OutputField(
      "choice", .text, "Why this contract: linked, the incident's contract line rests on it; named, somebody chose it.",
      "选择该合同的原因：linked（合同行依赖它）或 named（人工选择）。"
    ) { .text($0.dispatch.choice.rawValue) },
    OutputField("choiceReason", .text, "What was said about the choice.", "选择理由。") { .text($0.dispatch.choiceReason) },
    OutputField("reference", .text, "The number of the case at the supplier's.", "供应商方的案件号。") { .text($0.dispatch.supplierReference) },
    OutputField("priority", .integer, "The incident's priority that the supplier was told, and is judged by.", "已告知供应商并据以考核的优先级。") {
      .integer($0.dispatch.priority)
    },
    OutputField("supplierPriority", .text, "What the supplier calls that priority.", "供应商对该优先级的称呼。") { .text($0.dispatch.supplierPriority) },
    OutputField("incidentPriority", .integer, "The incident's priority now.", "事件当前的优先级。") { .integer($0.dispatch.ticketPriority) },
    OutputField("dispatchedAt", .instant, "When it went to the supplier.", "派单时间。") { .instant($0.dispatch.dispatchedAt) },
    OutputField("respondedAt", .instant, "When the supplier first answered.", "供应商首次响应时间。") { .instant($0.dispatch.respondedAt) },
    OutputField("returnedAt", .instant, "When it was over; null while it is not.", "结束时间；进行中为 null。") { .instant($0.dispatch.returnedAt) },
    OutputField("outcome", .text, "done, refused, recalled, resolved or merged.", "结果：done、refused、recalled、resolved 或 merged。") {
      .text($0.dispatch.outcome?.rawValue)
    },
    OutputField("hasCoverage", .boolean, "Whether the contract agrees a coverage; without, no time is promised.", "合同是否约定服务时间；未约定则无时限承诺。") {
      .bool($0.dispatch.agreement.hasCoverage)
    },
    OutputField("clocks", listOf: ClockRecord.self, "Where each of the supplier's promises stands.", "供应商各项承诺的当前状态。") { $0.dispatch.clocks.records },
    OutputField("incidentVersion", .integer, "The incident's version, for changes of that.", "事件的版本号，修改事件时使用。") { .integer($0.dispatch.ticketVersion) },
    OutputField("version", .integer, "Its version, for changes.", "版本号，修改时使用。") { .integer($0.dispatch.version) },
  ]
}
