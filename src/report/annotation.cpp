#include "report/annotation.h"

namespace ionloom::report {

std::string ion_text(const Annotation& annotation, bool positive) {
  std::string text = annotation.formula + annotation.chem_mod + annotation.neutral_loss;
  if (annotation.adduct != "[M]+" && annotation.adduct != "[M]-") {
    text += annotation.adduct;
  }
  text += positive ? '+' : '-';
  return text;
}

}  // namespace ionloom::report
